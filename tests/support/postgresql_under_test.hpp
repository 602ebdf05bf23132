#pragma once

/// PostgreSQL as an engine of the contract tests. A collection is a table of (id, text) with an
/// index on the text.

#include <functional>

#include "base/clock.hpp"
#include "support/engines.hpp"
#include "support/postgres_server.hpp"

namespace tidegate::test {

class PostgresqlUnderTest final : public EngineUnderTest {
 public:
  /// Drops the databases that it uses.
  explicit PostgresqlUnderTest(PostgresServer& server);
  ~PostgresqlUnderTest() override;

  Topology topology() const override;
  const Clock& clock() const override { return clock_; }
  std::unique_ptr<engine::Engine> connect() override;
  void load(const DatabaseName& database, const Data& data) override;
  Data read(const DatabaseName& database) override;
  std::string seed_file(const std::filesystem::path& folder, const Data& data) override;
  void lock(const DatabaseName& database, const std::string& label) override;
  void spoil(const DatabaseName& database) override;
  void let_leases_run_out() override;
  CallOutcome attempt(FaultPoint point, const Work& work) override;
  bool is_quick() const override { return false; }
  bool leaves_equal_in_place() const override { return false; }

 private:
  void change_comment(const DatabaseName& database,
                      const std::function<void(nlohmann::ordered_json&)>& change);
  void clear();
  PostgresServer& server_;
  SqlClient admin_;
  RealClock clock_;
};

}  // namespace tidegate::test
