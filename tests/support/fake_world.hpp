#pragma once

/// The use cases over the fake server, each as one line in a test.

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "preview/drop.hpp"
#include "preview/fill.hpp"
#include "snapshot/audit.hpp"
#include "snapshot/take.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_engine.hpp"
#include "support/fake_server_under_test.hpp"
#include "support/plans.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {

/// The error that the work ends with. A test failure when it ends well.
Error error_of(const std::function<void()>& work);

/// Production with three collections, one of them empty, and nothing else.
struct FakeWorld : public testing::Test {
  FakeWorld();

  Metadata take();
  Metadata fill(std::string_view target);
  preview::Dropped drop(std::string_view target, preview::Leave leave = preview::Leave::nothing);
  tidegate::snapshot::AuditResult audit(std::string_view target);
  /// A run of its own, whose steps said() returns afterwards.
  tidegate::Run& start();
  std::string said() const { return run_ ? run_->progress.text() : ""; }
  WitnessedRun& last() { return *run_; }
  /// Documents by collection, as any client sees them.
  std::map<std::string, std::map<std::string, std::string>> data(const std::string& database) const;

  FakeClock clock;
  FakeServer server{clock};
  FakeEngine engine{server};
  Topology topology = syrf_topology();
  Gate gate{topology};
  MemoryJournal journal;
  SnapshotPlan plan = snapshot_plan(topology);
  std::optional<std::chrono::milliseconds> limit;

 private:
  std::unique_ptr<WitnessedRun> run_;
};

}  // namespace tidegate::test
