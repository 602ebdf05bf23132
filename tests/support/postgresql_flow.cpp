#include "support/postgresql_flow.hpp"

namespace tidegate::test {

void PostgresqlFlow::SetUp() {
  TIDEGATE_NEEDS_POSTGRESQL(found);
  server = found;
  under_test = std::make_unique<PostgresqlUnderTest>(*server);
  topology_ = under_test->topology();
}

void PostgresqlFlow::TearDown() { under_test.reset(); }

void PostgresqlFlow::load_production(const std::string& sql) {
  under_test->load(topology().production, {});
  in("production").run(sql);
}

Metadata PostgresqlFlow::take(SnapshotPlan plan) {
  WitnessedRun witnessed(under_test->clock());
  const auto engine = connect();
  const auto metadata =
      tidegate::snapshot::take(witnessed.run, *engine, Gate(topology()), journal, plan);
  said = witnessed.progress.text();
  return metadata;
}

Metadata PostgresqlFlow::fill(const std::string& target) {
  WitnessedRun witnessed(under_test->clock());
  const auto engine = connect();
  const auto plan = restore_plan(topology(), target);
  const auto source = preview::from_database(*engine, plan);
  const auto metadata =
      preview::fill(witnessed.run, *engine, *source, Gate(topology()), journal, plan);
  said = witnessed.progress.text();
  return metadata;
}

void PostgresqlFlow::drop(const std::string& target) {
  WitnessedRun witnessed(under_test->clock());
  const auto engine = connect();
  preview::drop(witnessed.run, *engine, Gate(topology()), journal, drop_plan(topology(), target),
                preview::Leave::nothing);
}

engine::VerifyReport PostgresqlFlow::audit(const std::string& target) {
  WitnessedRun witnessed(under_test->clock());
  const auto engine = connect();
  return tidegate::snapshot::audit(witnessed.run, *engine, Gate(topology()), journal,
                                   drop_plan(topology(), target))
      .report;
}

engine::Inventory PostgresqlFlow::inspect(const std::string& target) {
  WitnessedRun witnessed(under_test->clock());
  const auto engine = connect();
  return engine->inspect(witnessed.run, DatabaseName(database(target), EngineKind::postgresql));
}

std::string PostgresqlFlow::database(const std::string& target) const {
  if (target == "production") return topology().production.text();
  if (target == "snapshot") return topology().snapshot->text();
  return Gate(topology()).database_of(parse_target(target).value()).text();
}

SqlClient PostgresqlFlow::in(const std::string& target) { return server->client(database(target)); }

std::string PostgresqlFlow::quoted(const std::string& target) {
  return admin().identifier(database(target));
}

bool PostgresqlFlow::exists(const std::string& target) {
  return admin().text("SELECT count(*) FROM pg_database WHERE datname = $1", {database(target)}) ==
         "1";
}

std::vector<std::string> PostgresqlFlow::staging() {
  return admin().column(
      "SELECT datname FROM pg_database WHERE datname ~ '^tidegate_[0-9a-f]{8}_[0-9]+$'");
}

}  // namespace tidegate::test
