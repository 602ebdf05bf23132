#pragma once

/// MongoDB as one of the engines of the contract.

#include "base/clock.hpp"
#include "support/engines.hpp"
#include "support/mongo_server.hpp"

namespace tidegate::test {

class MongoDbUnderTest final : public EngineUnderTest {
 public:
  /// Empties the databases that it uses.
  explicit MongoDbUnderTest(MongoServer& server);
  ~MongoDbUnderTest() override;

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
  bool lists_by_making() const override { return true; }  // asking for an identity mints one

 private:
  std::vector<std::string> own_databases();
  MongoServer& server_;
  TestClient client_;
  RealClock clock_;
};

}  // namespace tidegate::test
