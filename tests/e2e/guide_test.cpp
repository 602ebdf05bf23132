// The commands of README.md and of docs/guide/getting-started.md, typed as they stand there, so
// that page and program cannot part. Words that a reader replaces are replaced here too: HOST,
// PASSWORD, and `app` by `shop`.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "support/guide_page.hpp"
#include "support/mongo_server.hpp"
#include "support/places.hpp"
#include "support/postgres_server.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr auto k_password = "the-readers-password";
// The shell runs these. Any other command fails the test, so that none goes untested.
const std::set<std::string> k_commands{"tidegate", "export", "psql", "./dev", "sudo"};

std::string without_comment(const std::string& line) {
  return line.substr(0, line.find_last_not_of(' ', line.find(" #")) + 1);
}

/// The reader's names in place of the page's.
std::string in_own_words(std::string text, const std::string& host) {
  text = std::regex_replace(text, std::regex(R"(\bapp(?![A-Za-z0-9]))"), "shop");
  text = std::regex_replace(text, std::regex(R"(\bAPP_)"), "SHOP_");
  text = std::regex_replace(text, std::regex(R"(\bHOST\b)"), host);
  return std::regex_replace(text, std::regex(R"(\bPASSWORD\b)"), k_password);
}

std::string host_in(const std::string& uri) {
  const auto begin = uri.find('@') + 1;
  return uri.substr(begin, uri.find('/', begin) - begin);
}

void write_program(const TempDir& directory, const std::string& name, const std::string& script) {
  ::chmod(directory.write(name, "#!/bin/sh\n" + script).c_str(), S_IRWXU);
}

TEST(GuidePage, HasBlocksWithTheirLanguageEngineAndLine) {
  const auto blocks = code_blocks("text\n```sh mongodb\none\ntwo\n```\n\n```\nthree\n```\n");
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].language, "sh");
  EXPECT_EQ(blocks[0].engine, "mongodb");
  EXPECT_EQ(blocks[0].line, 2);
  EXPECT_EQ(blocks[0].lines, (Strings{"one", "two"}));
  EXPECT_EQ(blocks[1].language + blocks[1].engine, "");
  EXPECT_EQ(blocks[1].text(), "three\n");
}

TEST(GuidePage, HasSectionsThatEndAtTheNextHeadingOfTheirLevel) {
  EXPECT_EQ(section_of("# a\n## b\nx\n### c\ny\n## d\nz\n", "## b"), "\n## b\nx\n### c\ny\n\n\n");
}

TEST(GuidePage, MissesALineThatIsNotSeenOrNotInThisOrder) {
  EXPECT_EQ(first_unseen({"a … of … z", "b"}, "a 1 of 2 z\nbetween\nb\n"), "");
  EXPECT_EQ(first_unseen({"…end"}, "the end\n"), "");
  EXPECT_EQ(first_unseen({"a … z"}, "a z\n"), "a … z") << "both spaces are of the line";
  EXPECT_EQ(first_unseen({"b", "a"}, "a\nb\n"), "a");
  EXPECT_EQ(first_unseen({"a"}, "a and more\n"), "a");
}

/// A reader with a server of their own, on which `shop` is production, and an empty directory.
class Reader : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (on_mongodb()) {
      TIDEGATE_NEEDS_MONGODB(found, Access::authenticated);
      mongodb_ = found->another();
      if (mongodb_ == nullptr) GTEST_SKIP() << "the server is an external one";
      auto client = mongodb_->client();
      make_small_production(client, "shop", 20);
      admin_uri_ = mongodb_->uri();
    } else {
      TIDEGATE_NEEDS_POSTGRESQL(found);
      postgresql_ = found->another();
      if (postgresql_ == nullptr) GTEST_SKIP() << "the server is an external one";
      postgresql_->client().run("CREATE DATABASE shop");
      postgresql_->client("shop").run(
          "CREATE TABLE orders (id int PRIMARY KEY, what text);"
          "INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, 20) n");
      admin_uri_ = postgresql_->uri();
    }
    put_programs();
  }

  bool on_mongodb() const { return std::string(GetParam()) == "mongodb"; }

  std::string page(const std::string& name) const { return read_text(source_directory() / name); }

  /// Does what the blocks say, one after the other, until something fails.
  void follow(const std::vector<CodeBlock>& blocks) {
    for (const auto& block : blocks) {
      if (HasFailure()) return;
      if (!block.engine.empty() && block.engine != GetParam()) continue;
      SCOPED_TRACE(fmt::format("the block at line {}", block.line));
      if (block.language.empty() || block.language == "sh") {
        type_all(block.lines);
      } else if (block.language == "text") {
        expect_seen(block.lines);
      } else if (block.language == "yaml") {
        edit(block);
      } else {
        ADD_FAILURE() << "a block of '" << block.language << "', which nothing here can follow";
      }
    }
  }

  /// The file that `tidegate init` wrote, as the block says.
  virtual void edit(const CodeBlock& block) = 0;
  /// After each command.
  virtual void after(const std::string& /*command*/) {}

  void type_all(const Strings& lines) {
    seen_.clear();
    for (const auto& line : lines) {
      const auto command = without_comment(line);
      if (command.empty() || HasFailure()) continue;
      type(in_own_words(command, host_in(admin_uri_)));
      after(command);
    }
  }

  void type(const std::string& command) {
    SCOPED_TRACE("$ " + command);
    const auto word = command.substr(0, command.find(' '));
    if (word == "mongosh") {
      make_users_in_mongodb(read_text(directory_.path() / command.substr(command.rfind(' ') + 1)));
    } else if (k_commands.contains(word)) {
      in_shell(command);
    } else {
      ADD_FAILURE() << "'" << word << "' is not known here: let the page do without, or teach "
                    << "this test what it does";
    }
  }

  void make_users(const std::string& statements) {
    if (on_mongodb()) return make_users_in_mongodb(statements);
    directory_.write("printed.sql", statements);
    in_shell(R"(psql "$ADMIN_URI" --set ON_ERROR_STOP=1 --file printed.sql)");
  }

  void make_users_in_mongodb(const std::string& statements) {
    auto admin = mongodb_->client();
    const auto users = parse_grants(statements);
    EXPECT_FALSE(users.empty()) << statements;
    for (const auto& user : users) create_user(admin, user, k_password);
  }

  std::string uri_as(const std::string& user) const {
    return on_mongodb() ? mongodb_->uri_as(user, k_password)
                        : postgresql_->uri_as(user, k_password);
  }

  std::string config() const { return read_text(config_file()); }
  void set_config(const std::string& text) const { directory_.write("tidegate.yaml", text); }
  bool has_config() const { return fs::exists(config_file()); }
  /// By the commands of this block.
  const std::string& seen() const { return seen_; }
  /// By the last command.
  const std::string& answer() const { return answer_; }
  void set_variable(const std::string& name, const std::string& value) {
    in_shell(fmt::format("export {}='{}'", name, value));
  }

 private:
  fs::path config_file() const { return directory_.path() / "tidegate.yaml"; }

  /// `./dev` and `sudo`: the program is built already, and is installed for this reader alone.
  void put_programs() {
    fs::create_directory(directory_.path() / "bin");
    write_program(directory_, "bin/sudo", "exec \"$@\"\n");
    const auto program = built_program().string();
    write_program(directory_, "dev",
                  "case $1 in\n"
                  "  build) ;;\n"
                  "  install) ln -sf '" +
                      program +
                      "' bin/tidegate ;;\n"
                      "  demo) shift; exec '" +
                      program +
                      "' demo \"$@\" --uri \"$ADMIN_URI\" ;;\n"
                      "  *) echo \"unknown command: $1\" >&2; exit 2 ;;\n"
                      "esac\n");
  }

  /// As one line of a session: what is exported holds for the next ones. Without a terminal, so
  /// that psql reads passwords from its input.
  void in_shell(const std::string& command) {
    std::string path = (directory_.path() / "bin").string();
    if (postgresql_) path = postgresql_->programs().string() + ":" + path;
    const char* usual = std::getenv("PATH");
    const std::string twice = std::string(k_password) + "\n" + k_password + "\n";
    const auto outcome =
        run({.argv = {"setsid", "--wait", "bash", "-euc",
                      "exec 2>&1; touch session; . ./session; eval \"$1\"; export -p >session",
                      "bash", command},
             .env = {{"PATH", path + ":" + usual}, {"ADMIN_URI", admin_uri_}, {"COLUMNS", "100"}},
             .input = twice + twice + twice,
             .directory = directory_.path()},
            directory_.path());
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    answer_ = outcome.out;
    seen_ += outcome.all();
  }

  void expect_seen(const Strings& lines) const {
    Strings expected;
    for (const auto& line : lines) expected.push_back(in_own_words(line, host_in(admin_uri_)));
    EXPECT_EQ(first_unseen(expected, seen_), "") << "is not to be seen in\n" << seen_;
  }

  std::unique_ptr<MongoServer> mongodb_;
  std::unique_ptr<PostgresServer> postgresql_;
  std::string admin_uri_, seen_, answer_;
  TempDir directory_{"reader"};
};

/// Of the README, whose file replaces the one that `init` wrote.
class ReaderOfTheReadme : public Reader {
 protected:
  std::string section() const { return section_of(page("README.md"), "## Five minutes"); }

  void edit(const CodeBlock&) override {}

  void after(const std::string& command) override {
    if (command == "tidegate init") {
      set_config(own_file());
    } else if (command == "tidegate check --grants") {
      make_users(on_mongodb() ? answer() : k_owner + answer() + k_members);
      set_variable("SHOP_PRODUCER_URI", uri_as("snapshot-producer"));
      set_variable("SHOP_PREVIEW_URI", uri_as("shop-pr-1-user"));
      set_variable("SHOP_STAGING_URI", uri_as("staging-filler"));
    }
  }

  /// That of the page, with what it says of PostgreSQL: engine and owner.
  std::string own_file() const {
    std::string file;
    for (const auto& block : code_blocks(section())) {
      if (block.language == "yaml") file = block.text();
    }
    if (on_mongodb()) return file;
    file = std::regex_replace(file, std::regex("engine: mongodb"), "engine: postgresql");
    return std::regex_replace(file, std::regex("    previews:\n"), "$&      owner: shop_preview\n");
  }

  // As the page about previews of PostgreSQL has it.
  const std::string k_owner = "CREATE ROLE shop_preview NOLOGIN;\n";
  const std::string k_members =
      "GRANT shop_preview TO \"snapshot-producer\", \"shop-pr-1-user\", \"staging-filler\";\n";
};

TEST_P(ReaderOfTheReadme, GetsThroughTheFiveMinutes) {
  const auto blocks = code_blocks(section());
  EXPECT_EQ(blocks.size(), 2U) << "the commands, and the file";
  follow(blocks);
  EXPECT_NE(answer().find("is dropped"), std::string::npos) << seen();
}

/// Of the guide, who changes in the file what the page shows of it.
class ReaderOfTheGuide : public Reader {
 protected:
  void edit(const CodeBlock& block) override {
    ASSERT_TRUE(has_config()) << "the page changes a file that it has not written";
    Strings lines;
    for (const auto& line : block.lines) lines.push_back(without_comment(line));
    std::string written;
    std::istringstream text(config());
    for (std::string line; std::getline(text, line);) written += without_comment(line) + '\n';
    EXPECT_EQ(first_unseen(lines, written), "") << "is not in the file that 'init' wrote\n"
                                                << written;
    set_config(in_own_words(config(), ""));
  }
};

TEST_P(ReaderOfTheGuide, GetsStarted) {
  follow(code_blocks(page("docs/guide/getting-started.md")));
  EXPECT_TRUE(has_config());
}

const auto k_engines = testing::Values("mongodb", "postgresql");
INSTANTIATE_TEST_SUITE_P(Engines, ReaderOfTheReadme, k_engines);
INSTANTIATE_TEST_SUITE_P(Engines, ReaderOfTheGuide, k_engines);

}  // namespace
}  // namespace tidegate::test
