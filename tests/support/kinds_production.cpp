#include "support/kinds_production.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support/places.hpp"

namespace tidegate::test {
namespace {

constexpr auto k_password = "a producer's";

}  // namespace

KindsProduction::KindsProduction(PostgresServer& server, const Producer& producer)
    : server_(server), producer_(producer) {
  static int number = 0;
  prefix_ = server.name(fmt::format("kind{}_", ++number));
  make_roles();
  make_production();
}

KindsProduction::~KindsProduction() {
  for (const auto* name : {"shop", "pr_1"}) {
    if (exists(name)) drop_subscriptions(name);
  }
  server_.drop_databases(prefix_);
  auto admin = server_.client();
  for (const auto& role :
       admin.column("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", {prefix_})) {
    admin.run(fmt::format("DROP OWNED BY {0}; DROP ROLE {0}", role));
  }
}

std::string KindsProduction::named(std::string text) const {
  for (const auto* name : {"app", "producer", "preview", "bi", "reader", "gone", "cloud", "shop"}) {
    const auto mark = fmt::format("{{{}}}", name);
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
      text.replace(at, mark.size(), prefix_ + name);
    }
  }
  return text;
}

void KindsProduction::make(const Specimen& each) {
  auto inside = server_.client(prefix_ + "shop");
  if (each.maker == Specimen::Maker::app) inside.run(named("SET ROLE {app}"));
  try {
    inside.run(named(each.setup));
  } catch (const SqlFailed& error) {
    ADD_FAILURE() << each.kind << ": " << error.what();
  }
  if (server_.version() < 14) let_read();
}

void KindsProduction::take_away(const Specimen& each) {
  EXPECT_FALSE(each.undo.empty()) << each.kind << " is refused, which is not expected of it";
  if (!each.undo.empty()) server_.client(prefix_ + "shop").run(named(each.undo));
}

std::string KindsProduction::probe(const std::string& database, const Specimen& each) {
  try {
    return server_.client(prefix_ + database).text(named(each.probe));
  } catch (const SqlFailed& error) {
    EXPECT_NE(database, "shop") << each.kind << ": " << error.what();
    return {};
  }
}

void KindsProduction::configure(const Json& place) {
  Json previews = {{"database", prefix_ + "pr_{number}"}, {"uri", "${TEST_URI}"}};
  if (producer_.owner) previews["owner"] = prefix_ + "preview";
  const Json shop = {{"engine", "postgresql"},
                     {"production",
                      {{"uri", "${TEST_URI}"},
                       {"database", prefix_ + "shop"},
                       {"allow_write_access", !producer_.owner}}},
                     {"snapshot", place},
                     {"previews", previews}};
  directory_.write("tidegate.yaml", Json{{"databases", {{"shop", shop}}}}.dump(2));
}

Answer KindsProduction::check() {
  const auto outcome = tidegate({"check", "--json"});
  Answer answer{outcome.exit_code, {}, {}};
  if (!outcome.json().contains("checks")) ADD_FAILURE() << outcome;
  for (const auto& each : outcome.json().value("checks", Json::array())) {
    const auto message = each["message"].get<std::string>() + each["hint"].get<std::string>();
    const bool of_rights = message.find(" may WRITE ") != std::string::npos;  // on any table
    if (each["result"] == "warning" && !of_rights) answer.warnings += message + "\n";
    if (each["result"] == "failed") answer.failures += message + "\n";
  }
  return answer;
}

Answer KindsProduction::carry_out(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const auto outcome = tidegate(std::move(arguments));
  Answer answer{outcome.exit_code, {}, {}};
  if (outcome.exit_code != 0) {
    const auto error = outcome.json()["error"];
    answer.failures = error["message"].get<std::string>() + error["hint"].get<std::string>();
  }
  std::istringstream lines(outcome.err);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  warning ")) answer.warnings += line + "\n";
  }
  return answer;
}

bool KindsProduction::exists(const std::string& name) {
  return server_.client().text("SELECT count(*) FROM pg_database WHERE datname = $1",
                               {prefix_ + name}) == "1";
}

void KindsProduction::drop_copies() {
  for (const auto* name : {"pr_1", "snapshot"}) {
    if (exists(name)) server_.drop_databases(prefix_ + name);
  }
}

void KindsProduction::leave_production() {
  drop_subscriptions("shop");
  server_.drop_databases(prefix_ + "shop");
  server_.client().run(named("DROP ROLE {gone}"));
}

void KindsProduction::make_roles() {
  auto admin = server_.client();
  for (const auto* name : {"app", "preview", "bi", "reader", "gone"}) {
    admin.run(fmt::format("CREATE ROLE {}{}", prefix_, name));
  }
  admin.run(named(fmt::format("CREATE ROLE {{producer}} {} PASSWORD {}", producer_.attributes,
                              admin.literal(k_password))));
  if (server_.version() >= 14) admin.run(named("GRANT pg_read_all_data TO {producer}"));
  admin.run(named(producer_.grants));
  admin.run(named("CREATE DATABASE {shop} OWNER {app} TEMPLATE template0"));
}

void KindsProduction::make_production() {
  {
    auto inside = server_.client(prefix_ + "shop");
    if (server_.version() < 15) {
      inside.run(
          named("REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public "
                "TO {app}"));
    }
  }
  for (const auto& each : specimens_for(server_.version())) make(each);
  auto inside = server_.client(prefix_ + "shop");
  if (!producer_.production.empty()) inside.run(named(producer_.production));
  if (server_.version() < 14) let_read();
}

/// As `pg_read_all_data` does on later versions.
void KindsProduction::let_read() {
  server_.client(prefix_ + "shop")
      .run(named("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {producer}; GRANT SELECT ON ALL "
                 "SEQUENCES IN SCHEMA public TO {producer}"));
}

void KindsProduction::drop_subscriptions(const std::string& name) {
  auto inside = server_.client(prefix_ + name);
  for (const auto& each : inside.column(
           "SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = subdbid WHERE "
           "datname = current_database()")) {
    inside.run("DROP SUBSCRIPTION " + each);
  }
}

Outcome KindsProduction::tidegate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), built_program().string());
  return run({std::move(arguments),
              {{"TEST_URI", server_.uri_as(prefix_ + "producer", k_password)}},
              {},
              directory_.path()},
             directory_.path());
}

}  // namespace tidegate::test
