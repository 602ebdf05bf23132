#pragma once

/// The fake as one of the engines of the contract.

#include "support/engines.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_engine.hpp"

namespace tidegate::test {

class FakeServerUnderTest final : public EngineUnderTest {
 public:
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
  CallOutcome attempt_inside(FaultPoint point, const Work& work) override;
  bool has_faults_inside() const override { return true; }

  FakeServer& server() { return server_; }

 private:
  FakeClock clock_;
  FakeServer server_{clock_};
};

/// production `syrftest`, snapshot `syrf_snapshot`, previews `syrf_pr_{number}`, `staging`.
Topology syrf_topology();

}  // namespace tidegate::test
