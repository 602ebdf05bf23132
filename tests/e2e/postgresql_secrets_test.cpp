// No output and no file of the program contains the password of a PostgreSQL server, for any
// spelling of the connection string and after any failure.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/secret.hpp"
#include "support/postgresql_program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Quotes a value for keyword=value text.
std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) text += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
  return text + "'";
}

std::string every_byte_encoded(const std::string& value) {
  std::string text;
  for (const char c : value) text += fmt::format("%{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// A child program that gets the password and prints everything that it gets.
constexpr auto k_talkative = R"sh(#!/bin/sh
[ "$1" = --version ] && echo '{0} (PostgreSQL) 99.1' && exit 0
echo "{0}: error: $* $(cat "$PGSERVICEFILE")" >&2
echo "{0}: detail: $DATABASE_URL $TEST_URI" >&2
sed 's/^/{0}: warning: /' "$PGSERVICEFILE" >&2
exit 1
)sh";

class PostgresqlSecrets : public PostgresqlProgram {
 protected:
  void TearDown() override {
    if (server != nullptr) expect_no_secret_below(directory.path());
    PostgresqlProgram::TearDown();
  }

  std::string port() const {
    const auto uri = server->uri();
    const auto colon = uri.rfind(':');
    return uri.substr(colon + 1, uri.find('/', colon) - colon - 1);
  }
  /// Empty for an external server.
  std::string socket_directory() const {
    return server->data().empty() ? "" : server->data().parent_path().string();
  }

  /// Every spelling of a connection string with the password.
  Strings spellings(const std::string& database, const std::string& password,
                    const std::string& at_port) const {
    const auto name = percent_encode(database), who = percent_encode(user());
    const auto encoded = percent_encode(password);
    Strings all = {
        fmt::format("postgresql://{}:{}@127.0.0.1:{}/{}", who, encoded, at_port, name),
        fmt::format("postgres://{}:{}@127.0.0.1:{}/{}", who, every_byte_encoded(password), at_port,
                    name),
        fmt::format("postgresql://{}@127.0.0.1:{}/{}?password={}", who, at_port, name, encoded),
        fmt::format("postgresql:///{}?user={}&password={}&host=127.0.0.1&port={}", name, who,
                    encoded, at_port),
        fmt::format("postgresql://{}:{}@127.0.0.1:1,127.0.0.1:{}/{}", who, encoded, at_port, name),
        fmt::format("host=127.0.0.1 port={} user={} password={} dbname={}", at_port, quoted(user()),
                    quoted(password), quoted(database)),
        fmt::format("password = {} host=127.0.0.1,127.0.0.1 port=1,{} dbname={} user={}",
                    quoted(password), at_port, quoted(database), quoted(user())),
    };
    const auto socket = socket_directory();
    if (socket.empty()) return all;
    all.push_back(fmt::format("postgresql://{}:{}@/{}?host={}&port={}", who, encoded, name,
                              percent_encode(socket), at_port));
    all.push_back(fmt::format("postgresql://{}:{}@{}:{}/{}", who, encoded, percent_encode(socket),
                              at_port, name));
    all.push_back(fmt::format("host={} port={} user={} password={} dbname={}", socket, at_port,
                              quoted(user()), quoted(password), quoted(database)));
    return all;
  }

  /// Runs it with the most verbose log, in both forms. @returns the last outcome.
  Outcome loudly(int exit_code, const Strings& arguments, const std::string& url,
                 const Variables& more = {}) {
    Outcome outcome;
    for (const auto* form : {"text", "json"}) {
      auto variables = alone();
      for (const auto& [name, value] : more) variables[name] = value;
      variables["DATABASE_URL"] = url;
      auto all = arguments;
      all.insert(all.end(), {"--log-level", "trace", "--log-format", form});
      if (arguments.front() == "snapshot") all.insert(all.end(), {"--retries", "0"});
      outcome = tidegate(exit_code, all, variables);
    }
    return outcome;
  }

  std::string url() const { return uri_of(production()); }
};

TEST_F(PostgresqlSecrets, OfEverySpellingAreShownByNoCommand) {
  for (const auto& spelling : spellings(production(), k_marked_password, port())) {
    SCOPED_TRACE(spelling);
    loudly(0, {"config", "show"}, spelling);
    loudly(0, {"check"}, spelling);
  }
}

TEST_F(PostgresqlSecrets, OfEverySpellingAreInNoFailureToConnect) {
  const std::string wrong = std::string(k_marked_password) + "wrong";
  const auto absent = named("absent");
  const auto count = spellings(production(), wrong, port()).size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto refused = spellings(production(), wrong, port())[i];
    SCOPED_TRACE(refused);
    EXPECT_THAT(loudly(9, {"snapshot"}, refused).err, HasSubstr("password authentication failed"));
    loudly(8, {"snapshot"}, spellings(production(), k_marked_password, "1")[i]);
    loudly(6, {"snapshot"}, spellings(absent, k_marked_password, port())[i]);
  }
}

TEST_F(PostgresqlSecrets, OfUnreadableTextAreInNoMessage) {
  const std::string raw = k_marked_password;
  const auto encoded = percent_encode(raw);
  for (const auto& broken : Strings{
           "postgresql://user:" + raw + "@127.0.0.1/db",
           "postgresql://user:" + raw,
           "postgresql://user:mArk3d@mArk4d@127.0.0.1/db",
           "postgresql://user:mArk3d/mArk4d@127.0.0.1/db",
           "postgresql://user:mArk3d%mArk4d@127.0.0.1/db",
           "postgresql://user:" + encoded + "@127.0.0.1:port/db",
           "postgresql://user:" + encoded + "@[::1/db",
           "postgresql://user:" + encoded + "@127.0.0.1/db?no_such=" + encoded,
           "postgresql://user:" + encoded + "@127.0.0.1/db?" + encoded,
           "postgresql://user:" + encoded + "@127.0.0.1",
           "postgres:/user:" + encoded + "@127.0.0.1/db",
           "mysql://user:" + encoded + "@127.0.0.1/db",
           "host=127.0.0.1 password=" + raw + " dbname=db",
           "host=127.0.0.1 password='" + encoded + " dbname=db",
           "host=127.0.0.1 pasword=" + encoded + " dbname=db",
           "service=" + encoded + " dbname=db",
           encoded,
       }) {
    SCOPED_TRACE(broken);
    for (const auto* verb : {"snapshot", "serve"}) {
      const auto outcome = tidegate(3, {verb, "--log-level", "trace"},
                                    {{"SNAPSHOT_ENABLED", "true"},
                                     {"SNAPSHOT_DIR", archives().string()},
                                     {"DATABASE_URL", broken}});
      EXPECT_THAT(outcome.err, AllOf(HasSubstr("DATABASE_URL"), Not(HasSubstr("\\pw"))));
    }
  }
}

/// Whether this program was started by that process.
bool has_started(const Process& parent, const std::string& program) {
  std::error_code none;
  for (const auto& each : fs::directory_iterator("/proc", none)) {
    const auto stat = read_text(each.path() / "stat");  // `77 (pg_dump) S 76 …`
    const auto state = stat.rfind(") ");
    if (stat.find("(" + program + ")") == std::string::npos) continue;
    if (stat.substr(state + 4).starts_with(std::to_string(parent.pid()) + " ")) return true;
  }
  return false;
}

/// Stops a run while this program works, and looks at the process list before.
void expect_hidden_while(Process& working, const std::string& program) {
  std::string processes;
  EXPECT_TRUE(eventually(
      [&] {
        processes = process_list();
        return has_started(working, program) &&
               processes.find(program + " --dbname=") != std::string::npos;
      },
      60s))
      << program << " is not at work\n"
      << working.err_so_far();
  expect_no_secret(processes, "the process list");
  working.signal(SIGTERM);
  const auto stopped = working.wait();
  EXPECT_EQ(stopped.exit_code, 130) << stopped;
  expect_no_secret(stopped.all(), "the output of the stopped run");
}

TEST_F(PostgresqlSecrets, AreInNoProcessListWhileADumpIsWritten) {
  hold_requests();
  auto working = start({"snapshot"}, alone());
  expect_hidden_while(*working, "pg_dump");
}

TEST_F(PostgresqlSecrets, AreInNoProcessListWhileACopyIsMade) {
  configure(fmt::format(R"({{"database": {}}})", Json(snapshot()).dump()));
  {
    const HeldTable held(*server, production(), k_plain_table);
    auto working = start({"snapshot"});
    expect_hidden_while(*working, "pg_dump");
  }
  hold_requests("ADD CONSTRAINT");
  auto working = start({"snapshot"});
  expect_hidden_while(*working, "pg_restore");
}

TEST_F(PostgresqlSecrets, AreInNoOutputOfAFailedRestoreDrillOrDrop) {
  configure(R"({"directory": "archives"})");
  tidegate(0, {"snapshot"});
  const auto scratch = directory.path() / "scratch";
  fs::create_directory(scratch);
  const auto wrong = std::string(k_marked_password) + "wrong";
  const auto encoded = percent_encode(k_marked_password), who = percent_encode(user());
  const std::vector<std::pair<int, std::string>> failures{
      {9, server->uri_as(user(), wrong, "postgres")},
      {8, fmt::format("postgresql://{}:{}@127.0.0.1:1/postgres", who, encoded)},
      {8, fmt::format("postgresql://{}:{}@[::1]:1/postgres", who, encoded)},
      {8, fmt::format("host=::1 port=1 user={} password={}", quoted(user()),
                      quoted(k_marked_password))},
  };
  for (const auto& [exit_code, uri] : failures) {
    for (const auto& arguments :
         {Strings{"restore", "pr-1"}, {"verify", "snapshot", "--restore"}, {"drop", "pr-1"}}) {
      SCOPED_TRACE(arguments.front() + " " + uri);
      auto loud = arguments;
      loud.insert(loud.end(), {"--log-level", "trace"});
      if (arguments.front() != "verify") loud.insert(loud.end(), {"--retries", "0"});
      tidegate(exit_code, loud, {{"TEST_URI", uri}, {"TMPDIR", scratch.string()}});
    }
  }
  const Variables here{{"TMPDIR", scratch.string()}};
  tidegate(0, {"restore", "pr-1"}, here);
  tidegate(0, {"verify", "snapshot", "--restore"}, here);
  tidegate(0, {"drop", "pr-1"}, here);
}

TEST_F(PostgresqlSecrets, AreInNoOutputOfARunThatFailsMidway) {
  {
    auto& held = hold_requests();
    loudly(12, {"snapshot", "--timeout", "1s"}, url());
    auto working = start({"snapshot", "--retries", "0", "--log-level", "trace"}, alone());
    EXPECT_TRUE(eventually([&] { return held.is_waited_for(); }, 60s)) << working->err_so_far();
    end_sessions();
    const auto lost = working->wait();
    EXPECT_EQ(lost.exit_code, 8) << lost;
    expect_no_secret(lost.all(), "the output of a run that lost its server");
    held.release();
  }
  {
    const auto file = directory.write("file", "no directory");
    loudly(3, {"snapshot"}, url(), {{"SNAPSHOT_DIR", file.string()}});
  }
  loudly(0, {"snapshot"}, url());
  auto inside = in(production());
  inside.run("CREATE TABLE closed AS SELECT 1 AS id");
  inside.run("REVOKE pg_read_all_data FROM " + inside.identifier(user()));
  EXPECT_THAT(loudly(9, {"snapshot"}, url()).err, HasSubstr("closed"));
}

TEST_F(PostgresqlSecrets, AreInNoOutputOfPostgresqlsPrograms) {
  const auto programs = directory.path() / "programs";
  fs::create_directory(programs);
  for (const auto* name : {"pg_dump", "pg_restore"}) {
    const auto text = fmt::format(k_talkative, name);
    const auto path = directory.write(fmt::format("programs/{}", name), text);
    fs::permissions(path, fs::perms{0755});
  }
  const auto* path = std::getenv("PATH");
  const Variables with_them{{"PATH", fmt::format("{}:{}", programs.string(), path)}};
  for (const auto& spelling : spellings(production(), k_marked_password, port())) {
    auto variables = with_them;
    variables.merge(alone());
    variables["DATABASE_URL"] = spelling;
    const auto failed =
        tidegate(13, {"snapshot", "--retries", "0", "--log-level", "trace"}, variables);
    EXPECT_THAT(failed.err, HasSubstr("pg_dump failed"));
  }
}

}  // namespace
}  // namespace tidegate::test
