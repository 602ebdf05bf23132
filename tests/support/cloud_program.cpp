#include "support/cloud_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace tidegate::test {
namespace {

constexpr auto k_password = "secret-5";

constexpr auto k_production = R"(
CREATE SCHEMA "My own";
CREATE TABLE "My own"."T" (id serial PRIMARY KEY, x text);
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE audit_log (id serial PRIMARY KEY, what text);
CREATE VIEW names AS SELECT name FROM users;
INSERT INTO users (name) SELECT 'user ' || i FROM generate_series(1, 50) AS i;
INSERT INTO "My own"."T" (x) VALUES ('x');
SELECT lo_from_bytea(0, 'large');
)";

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

SqlClient CloudProgram::as(const std::string& role, const std::string& database) const {
  return SqlClient(server->uri_as(role, k_password, database));
}

std::string CloudProgram::uri_of(const std::string& role) const {
  return server->uri_as(role, k_password);
}

void CloudProgram::SetUp() {
  TIDEGATE_NEEDS_POSTGRESQL(found);
  if (found->programs().empty()) GTEST_SKIP() << "psql of the server's version is needed";
  server = found;
  static int number = 0;
  prefix = server->name(fmt::format("cloud{}", ++number));
  admin = named("admin");
  app = named("app");
  auto super = superuser();
  super.run(
      fmt::format("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD '{}'", admin, k_password));
  auto cloud = as(admin, "postgres");
  cloud.run(fmt::format("CREATE ROLE {} LOGIN PASSWORD '{}'", app, k_password));
  // From version 16 on who makes a role is not at once a member that may act for it.
  cloud.run(fmt::format("GRANT {} TO CURRENT_USER", app));
  cloud.run(fmt::format("CREATE DATABASE {} OWNER {}", production(), app));
  cloud.run(fmt::format("REVOKE {} FROM CURRENT_USER", app));
  if (server->version() < 15) {
    // Everybody may create tables there, which is a way to write production.
    superuser(production())
        .run(fmt::format("REVOKE CREATE ON SCHEMA public FROM PUBLIC; "
                         "GRANT CREATE ON SCHEMA public TO {}",
                         app));
  }
  as(app, production()).run(k_production);
}

void CloudProgram::TearDown() {
  if (server == nullptr) return;
  server->drop_databases(prefix);
  auto super = superuser();
  for (const auto& name : super.column(
           "SELECT datname FROM pg_database WHERE datname ~ '^tidegate_([0-9a-f]{8}_|drill)'")) {
    server->drop_databases(name);
  }
  for (const auto& role : super.column(
           "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY rolname = $2",
           {prefix, admin})) {
    super.run(fmt::format("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", super.identifier(role)));
  }
}

void CloudProgram::configure(const std::string& snapshot, Previews previews) {
  Json shop = {{"engine", "postgresql"},
               {"production", {{"uri", "${PRODUCER_URI}"}, {"database", production()}}},
               {"snapshot", Json::parse(snapshot)}};
  shop["previews"]["owner"] = owner();
  if (previews == Previews::one_user) {
    shop["previews"]["database"] = named("pr_{number}");
    shop["previews"]["uri"] = "${PREVIEW_URI}";
  }
  directory.write("tidegate.yaml", Json{{"databases", {{"shop", shop}}}}.dump(2));
}

std::string CloudProgram::own_names(std::string statements) {
  std::string preview = named("pr_1") + "-user";
  std::replace(preview.begin(), preview.end(), '_', '-');
  replace_all(statements, "snapshot-producer", named("producer"));
  replace_all(statements, preview, named("filler"));
  // A person types a password here.
  for (auto asks = statements.find("\n\\password"); asks != std::string::npos;
       asks = statements.find("\n\\password")) {
    const auto role = statements.substr(asks + 11, statements.find('\n', asks + 1) - asks - 11);
    statements.replace(asks, 11 + role.size(),
                       fmt::format("\nALTER ROLE {} PASSWORD '{}';", role, k_password));
  }
  return statements;
}

Outcome CloudProgram::psql(const std::string& file) {
  Command command;
  command.argv = {(server->programs() / "psql").string(), "--no-psqlrc", "--quiet",
                  "--file=" + file, uri_of(admin)};
  return run(command, directory.path());
}

void CloudProgram::grant() {
  const auto printed = tidegate(0, {"check", "--grants"}).out;
  const auto file = directory.write("grants.sql", own_names(printed));
  for (int twice = 0; twice < 2; ++twice) {
    const auto outcome = psql(file.string());
    ASSERT_EQ(outcome.exit_code, 0) << outcome << printed;
    granted += outcome.all();
  }
}

Outcome CloudProgram::tidegate(int exit_code, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), built_program().string());
  const auto outcome =
      run({arguments,
           {{"PRODUCER_URI", uri_of(named("producer"))}, {"PREVIEW_URI", uri_of(named("filler"))}},
           {},
           directory.path()},
          directory.path());
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome;
  return outcome;
}

std::string CloudProgram::said(int exit_code, std::vector<std::string> arguments) {
  std::istringstream words(tidegate(exit_code, std::move(arguments)).all());
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace tidegate::test
