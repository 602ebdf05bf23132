#pragma once

/// The fixture of the tests of PostgreSQL's engine: a server, a production, and the use cases over
/// them.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "preview/drop.hpp"
#include "preview/fill.hpp"
#include "snapshot/audit.hpp"
#include "snapshot/take.hpp"
#include "support/plans.hpp"
#include "support/postgresql_under_test.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {

/// Databases `production`, `snapshot`, `pr-1` … by their names in commands; all are dropped at the
/// end.
class PostgresqlFlow : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Creates production and runs these statements in it.
  void load_production(const std::string& sql);
  Metadata take(SnapshotPlan plan);
  Metadata take() { return take(snapshot_plan(topology())); }
  Metadata fill(const std::string& target);
  void drop(const std::string& target);
  engine::VerifyReport audit(const std::string& target);
  engine::Inventory inspect(const std::string& target);

  std::string database(const std::string& target) const;
  /// A superuser's client in one of them. A snapshot accepts no connections.
  SqlClient in(const std::string& target);
  SqlClient admin() { return server->client(); }
  std::string quoted(const std::string& target);
  bool exists(const std::string& target);
  /// Names of staging databases of any kind.
  std::vector<std::string> staging();
  const Topology& topology() const { return *topology_; }

  PostgresServer* server = nullptr;
  std::unique_ptr<PostgresqlUnderTest> under_test;
  std::string said;  ///< steps of the last run
  MemoryJournal journal;

 private:
  std::unique_ptr<engine::Engine> connect() { return under_test->connect(); }
  std::optional<Topology> topology_;
};

}  // namespace tidegate::test
