#include "support/postgresql_program.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>

#include "archive/name.hpp"
#include "base/secret.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

constexpr auto k_sessions = "starts_with(application_name, 'tidegate/')";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

Json sidecar_of(const fs::path& archive) {
  return Json::parse(read_text(fs::path(archive).replace_extension(".json")), nullptr, false);
}

bool answers(const std::vector<std::string>& argv, const std::string& begins,
             const fs::path& logs) {
  const auto outcome = run({argv}, logs);
  return outcome.exit_code == 0 && outcome.out.rfind(begins, 0) == 0;
}

}  // namespace

void expect_no_secret(const std::string& text, const std::string& where) {
  for (const auto& form : {lower(text), lower(percent_decode(text))}) {
    for (const auto* mark : {"mark3d", "mark4d"}) {
      EXPECT_EQ(form.find(mark), std::string::npos) << where << ":\n" << text;
    }
  }
}

void expect_no_secret_below(const fs::path& directory) {
  for (const auto& each : fs::recursive_directory_iterator(directory)) {
    expect_no_secret(each.path().filename(), "a file's name");
    if (each.is_regular_file()) expect_no_secret(read_text(each.path()), each.path());
  }
}

std::string process_list() {
  std::string lines;
  std::error_code none;
  for (const auto& each : fs::directory_iterator("/proc", none)) {
    auto line = read_text(each.path() / "cmdline");
    std::replace(line.begin(), line.end(), '\0', ' ');
    lines += line + '\n';
  }
  return lines;
}

HeldTable::HeldTable(PostgresServer& server, const std::string& database, const std::string& table)
    : holder_(server.client(database)) {
  holder_.run("BEGIN; LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
}

void PostgresqlProgram::SetUp() {
  TIDEGATE_NEEDS_POSTGRESQL(found);
  set_up_on(*found);
}

void PostgresqlProgram::set_up_on(PostgresServer& chosen) {
  server = &chosen;
  static int number = 0;
  prefix = server->name(fmt::format("E2e \"{}\"", ++number));
  auto admin = server->client();
  admin.run(fmt::format("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}", admin.identifier(user()),
                        admin.literal(k_marked_password)));
  admin.run("GRANT pg_read_all_data TO " + admin.identifier(user()));
  make_database(production(), k_little_of_everything, {});
  auto inside = in(production());
  for (const auto& oid : inside.column("SELECT oid FROM pg_largeobject_metadata")) {
    inside.run(
        fmt::format("GRANT SELECT ON LARGE OBJECT {} TO {}", oid, inside.identifier(user())));
  }
}

void PostgresqlProgram::TearDown() {
  if (server == nullptr) return;
  end_sessions();
  server->drop_databases(prefix);
  auto admin = server->client();
  for (const auto& name : made_) {
    admin.run("DROP DATABASE IF EXISTS " + admin.identifier(name) + " WITH (FORCE)");
  }
  for (const auto& name : staging()) server->drop_databases(name);
  for (const auto& role :
       admin.column("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", {prefix})) {
    admin.run("DROP ROLE " + admin.identifier(role));
  }
}

void PostgresqlProgram::make_database(const std::string& name, const std::string& sql,
                                      const std::string& owner) {
  auto admin = server->client();
  made_.push_back(name);
  admin.run("CREATE DATABASE " + admin.identifier(name) + " TEMPLATE template0" +
            (owner.empty() ? "" : " OWNER " + admin.identifier(owner)));
  auto inside =
      owner.empty() ? in(name) : SqlClient(server->uri_as(owner, k_marked_password, name));
  inside.run(sql);
}

void PostgresqlProgram::configure(const std::string& snapshot) {
  const Json yaml = {
      {"databases",
       {{"shop",
         {{"engine", "postgresql"},
          {"production", {{"uri", "${TEST_URI}"}, {"database", production()}}},
          {"snapshot", Json::parse(snapshot)},
          {"previews", {{"database", named("pr {number}")}, {"uri", "${TEST_URI}"}}}}}}}};
  directory.write("tidegate.yaml", yaml.dump(2));
}

HeldRequests& PostgresqlProgram::hold_requests(const std::string& text) {
  if (held_) {
    held_->hold();
  } else {
    held_.emplace(server->uri(), text);
  }
  return *held_;
}

std::string PostgresqlProgram::uri_of(const std::string& database) const {
  const auto uri = server->uri_as(user(), k_marked_password, database);
  return held_ ? held_->through(uri) : uri;
}

Variables PostgresqlProgram::alone() const {
  return {{"SNAPSHOT_ENABLED", "true"},
          {"SNAPSHOT_DIR", archives().string()},
          {"SNAPSHOT_RETENTION", "2"},
          {"TIDEGATE_SERVER_LISTEN", "127.0.0.1:0"},
          {"DATABASE_URL", uri_of(production())}};
}

Command PostgresqlProgram::command(std::vector<std::string> arguments,
                                   const Variables& variables) const {
  arguments.insert(arguments.begin(), built_program().string());
  auto all = variables;
  all.try_emplace("TEST_URI", uri_of());
  return {std::move(arguments), std::move(all), {}, directory.path()};
}

Outcome PostgresqlProgram::tidegate(int exit_code, std::vector<std::string> arguments,
                                    const Variables& variables) {
  const auto outcome = run(command(std::move(arguments), variables), directory.path());
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome;
  expect_no_secret(outcome.all(), "its output");
  return outcome;
}

std::unique_ptr<Process> PostgresqlProgram::start(std::vector<std::string> arguments,
                                                  const Variables& variables) {
  return std::make_unique<Process>(command(std::move(arguments), variables), directory.path());
}

std::vector<std::string> PostgresqlProgram::names(const std::string& ending) const {
  std::vector<std::string> found;
  std::error_code none;
  for (const auto& each : fs::directory_iterator(archives(), none)) {
    if (each.path().extension() == ending) found.push_back(each.path().filename());
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool PostgresqlProgram::is_whole(const std::string& archive) const {
  const auto path = archives() / archive;
  const auto sidecar = sidecar_of(path);
  if (!sidecar.is_object()) return false;
  const auto sum = sidecar.at("archive").at("sha256").get<std::string>();
  const auto pg_restore = server->programs() / "pg_restore";
  return answers({"sha256sum", path}, sum, directory.path()) &&
         answers({pg_restore, "--list", path}, ";", directory.path());
}

std::vector<std::string> PostgresqlProgram::whole_archives() const {
  auto found = names(".dump");
  std::erase_if(found, [&](const std::string& name) { return !is_whole(name); });
  return found;
}

std::string PostgresqlProgram::earlier_copy(const std::string& archive,
                                            std::chrono::seconds by) const {
  const auto parsed = archive::parse_archive_name(archive).value();
  const auto earlier = archive::archive_name(parsed.database, parsed.taken - by);
  auto sidecar = sidecar_of(archives() / archive);
  sidecar["archive"]["name"] = earlier;
  directory.write("archives/" + archive::sidecar_name(earlier), sidecar.dump());
  fs::copy_file(archives() / archive, archives() / earlier);
  return earlier;
}

std::string PostgresqlProgram::backdate(const std::string& archive, std::chrono::seconds by) const {
  const auto earlier = earlier_copy(archive, by);
  fs::remove(archives() / archive);
  fs::remove(archives() / archive::sidecar_name(archive));
  return earlier;
}

PostgresImage PostgresqlProgram::image(const std::string& database) const {
  auto admin = server->client();
  const auto allow = [&](const char* allowed) {
    admin.run("ALTER DATABASE " + admin.identifier(database) + " ALLOW_CONNECTIONS " + allowed);
  };
  const bool shut = !is_open(database);
  if (shut) allow("true");
  auto image = [&] {
    auto inside = in(database);
    return image_of(inside);
  }();
  if (shut) allow("false");
  return image;
}

bool PostgresqlProgram::exists(const std::string& database) const {
  return server->client().text("SELECT count(*) FROM pg_database WHERE datname = $1", {database}) ==
         "1";
}

bool PostgresqlProgram::is_open(const std::string& database) const {
  return server->client().text("SELECT datallowconn FROM pg_database WHERE datname = $1",
                               {database}) == "t";
}

std::string PostgresqlProgram::comment(const std::string& database) const {
  return server->client().text(
      "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1",
      {database});
}

std::vector<std::string> PostgresqlProgram::staging() const {
  return server->client().column(
      "SELECT datname FROM pg_database WHERE datname ~ '^tidegate_([0-9a-f]{8}_[0-9]+|drill_.*)$'");
}

bool PostgresqlProgram::has_gone() const {
  return server->client().text(
             fmt::format("SELECT count(*) FROM pg_stat_activity WHERE {}", k_sessions)) == "0";
}

void PostgresqlProgram::end_sessions() const {
  server->client().run(
      fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {}", k_sessions));
}

}  // namespace tidegate::test
