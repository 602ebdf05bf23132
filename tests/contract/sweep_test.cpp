/// Every step fails once: each use case, with its call 1, 2, 3 … going wrong in every way, and the
/// same between the requests inside the engine's calls where the engine can be told to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "engine/notes.hpp"
#include "support/engine_contract.hpp"
#include "support/program.hpp"

namespace tidegate::test {
namespace {

using engine::Notes;
using testing::AnyOf;
using testing::Eq;
using testing::IsEmpty;

enum class Where { calls, inside };

struct Way {
  Fault fault;
  When when;
};

constexpr int k_far_too_many = 400;

class EverySweep : public EngineContract {
 protected:
  /// Old snapshot and pr-1 of the first data, production of the second.
  void set_the_scene() {
    std::string why_not;
    forget_server();
    server = GetParam().make(why_not);
    load_production(first_data());
    old_run_ = take().run;
    fill("pr-1");
    load_production(second_data());
    if (newer_snapshot_) take();
  }

  /// `work` with every fault in turn; `check` after each. @returns how many points there were.
  int sweep(Where where, Way way, const Work& work, const std::function<void(CallOutcome)>& check) {
    where_ = where;
    for (int call = 1; call < k_far_too_many; ++call) {
      const FaultPoint point{call, way.fault, way.when};
      std::ostringstream trace;
      trace << point << (where == Where::inside ? " inside" : "");
      SCOPED_TRACE(trace.str());
      set_the_scene();
      const auto ended = where == Where::inside ? server->attempt_inside(point, work)
                                                : server->attempt(point, work);
      EXPECT_EQ(read("production"), second_data());
      check(ended);
      if (ended == CallOutcome::well || HasFailure()) return call - 1;
    }
    ADD_FAILURE() << "never came to an end";
    return k_far_too_many;
  }

  void sweep_all(int at_least, const Work& work, const std::function<void(CallOutcome)>& check) {
    for (const auto fault : {Fault::error, Fault::timeout, Fault::crash}) {
      for (const auto when : {When::before, When::after}) {
        // Where each scene takes a second: only the faults that differ most.
        if (!server->is_quick() && (fault == Fault::timeout) != (when == When::after)) continue;
        EXPECT_GE(sweep(Where::calls, {fault, when}, work, check), at_least);
        if (HasFailure()) return;
        if (!server->has_faults_inside()) continue;
        EXPECT_GT(sweep(Where::inside, {fault, when}, work, check), at_least);
        if (HasFailure()) return;
      }
    }
  }

  /// A reader gets the snapshot whole, and with the data that its metadata describes.
  void expect_a_whole_snapshot() {
    const auto metadata = inspect("snapshot").metadata;
    ASSERT_TRUE(metadata);
    fill("pr-99");
    EXPECT_EQ(read("pr-99"), metadata->run == old_run_ ? first_data() : second_data());
  }

  /// By a run that failed and lived. Its staging is gone too, unless the fault lay inside a call:
  /// at the commit point that leaves in doubt whether it may be discarded.
  void expect_given_back(const std::string& target) {
    const auto found = inspect(target);
    EXPECT_FALSE(found.holder && !found.holder->expired);
    if (where_ == Where::calls && !interrupted(target)) {
      EXPECT_THAT(found.staging, IsEmpty());
    }
  }

  void expect_tidy(const std::string& target) {
    expect_given_back(target);
    const auto found = inspect(target);
    EXPECT_THAT(found.staging, IsEmpty());
    EXPECT_FALSE(found.holder && !found.holder->phase.empty());
  }

  /// Whether a publish or a drop has been decided there and not finished.
  bool interrupted(const std::string& target) {
    const auto holder = inspect(target).holder;
    return holder && !holder->phase.empty();
  }

  Where where_ = Where::calls;
  std::string old_run_;
  bool newer_snapshot_ = false;  ///< the scene's snapshot is of the second data already
};

TEST_P(EverySweep, OfTakeLeavesAWholeSnapshotAndTheNextRunSucceeds) {
  sweep_all(
      8, [this](engine::Engine& engine) { take(engine); },
      [this](CallOutcome ended) {
        if (!interrupted("snapshot")) {
          EXPECT_THAT(read("snapshot"), AnyOf(Eq(first_data()), Eq(second_data())));
        }
        if (ended == CallOutcome::with_error) expect_given_back("snapshot");
        expect_a_whole_snapshot();
        server->let_leases_run_out();
        const auto metadata = take();
        EXPECT_EQ(read("snapshot"), second_data());
        EXPECT_EQ(inspect("snapshot").metadata->run, metadata.run);
        expect_tidy("snapshot");
      });
}

TEST_P(EverySweep, OfFillLeavesTheOldContentOrTheNewAndTheNextRunSucceeds) {
  newer_snapshot_ = true;
  sweep_all(
      12, [this](engine::Engine& engine) { fill(engine, "pr-1"); },
      [this](CallOutcome ended) {
        if (!interrupted("pr-1")) {
          EXPECT_THAT(read("pr-1"), AnyOf(Eq(first_data()), Eq(second_data())));
        }
        if (ended == CallOutcome::with_error) expect_given_back("pr-1");
        EXPECT_EQ(read("snapshot"), second_data());
        server->let_leases_run_out();
        fill("pr-1");
        EXPECT_EQ(read("pr-1"), second_data());
        expect_tidy("pr-1");
      });
}

TEST_P(EverySweep, OfDropTouchesNothingElseAndTheNextRunFinishesIt) {
  sweep_all(
      5, [this](engine::Engine& engine) { drop(engine, "pr-1"); },
      [this](CallOutcome) {
        if (!interrupted("pr-1")) {
          EXPECT_THAT(read("pr-1"), AnyOf(Eq(first_data()), Eq(Data{})));
        }
        expect_a_whole_snapshot();
        server->let_leases_run_out();
        drop(bystander(), "pr-1");
        EXPECT_FALSE(inspect("pr-1").exists);
        EXPECT_EQ(read("snapshot"), first_data());
      });
}

TEST_P(EverySweep, OfSeedLeavesTheOldContentOrAnEmptyMarkedTarget) {
  sweep_all(
      6, [this](engine::Engine& engine) { drop(engine, "pr-1", preview::Leave::seed); },
      [this](CallOutcome) {
        if (!interrupted("pr-1")) {
          EXPECT_THAT(read("pr-1"), AnyOf(Eq(first_data()), Eq(Data{})));
        }
        server->let_leases_run_out();
        drop(bystander(), "pr-1", preview::Leave::seed);
        EXPECT_THAT(read("pr-1"), IsEmpty());
        EXPECT_EQ(inspect("pr-1").metadata->method, "seed");
        expect_tidy("pr-1");
      });
}

/// A target whose fill died half way says so in its metadata until another run begins the fill.
TEST_P(EverySweep, OfSeedDataFromAFileLeavesTheOldContentOrAnUnfinishedTarget) {
  const TempDir folder("seed");
  const auto file = server->seed_file(folder.path(), second_data());
  const auto is_finished = [this] {
    const auto metadata = inspect("pr-1").metadata;
    return metadata && metadata->status == Status::complete && !interrupted("pr-1");
  };
  const auto check = [&](CallOutcome) {
    if (is_finished()) {
      EXPECT_THAT(read("pr-1"), AnyOf(Eq(first_data()), Eq(second_data())));
    }
    server->let_leases_run_out();
    seed(bystander(), "pr-1", file);
    EXPECT_EQ(read("pr-1"), second_data());
    EXPECT_TRUE(is_finished());
    EXPECT_EQ(inspect("pr-1").metadata->method, "seed");
    expect_tidy("pr-1");
  };
  sweep_all(
      8, [&](engine::Engine& engine) { seed(engine, "pr-1", file); }, check);
}

TEST_P(EverySweep, OfALockThatIsNotedLeavesTheContentWhole) {
  const auto note = [this](engine::Engine& engine) {
    WitnessedRun witnessed(server->clock());
    const auto place = mark(Gate(topology()), parse_target("pr-1").value());
    Notes::annotate(witnessed.run, engine, place,
                    [](const std::optional<Metadata>& now) {
                      auto metadata = now;
                      if (metadata) metadata->locked = LockRecord{"persist-db", SystemTime{}};
                      return metadata;
                    },
                    {});
  };
  const auto check = [&](CallOutcome) {
    EXPECT_EQ(read("pr-1"), first_data());
    server->let_leases_run_out();
    note(bystander());
    EXPECT_EQ(inspect("pr-1").metadata->locked->label, "persist-db");
    EXPECT_EQ(read("pr-1"), first_data());
    expect_tidy("pr-1");
  };
  if (server->is_quick()) return sweep_all(4, note, check);
  // A conditional write must cope with a lost answer.
  EXPECT_GE(sweep(Where::calls, {Fault::crash, When::after}, note, check), 4);
  if (server->has_faults_inside()) {
    EXPECT_GE(sweep(Where::inside, {Fault::error, When::after}, note, check), 4);
  }
}

/// A fill that died is before or after its commit point: noting a lock clears or finishes it, and
/// locks the resulting content.
TEST_P(EverySweep, OfFillIsFinishedOrClearedByNotingALock) {
  newer_snapshot_ = true;
  const auto fill_it = [this](engine::Engine& engine) { fill(engine, "pr-1"); };
  const auto check = [this](CallOutcome) {
    server->let_leases_run_out();
    WitnessedRun witnessed(server->clock());
    const auto place = mark(Gate(topology()), parse_target("pr-1").value());
    const auto told = Notes::annotate(witnessed.run, bystander(), place,
                                      [](const std::optional<Metadata>& now) {
                                        auto metadata = now;
                                        if (metadata)
                                          metadata->locked = LockRecord{"persist-db", SystemTime{}};
                                        return metadata;
                                      },
                                      {});
    ASSERT_TRUE(told && told->snapshot);
    EXPECT_EQ(read("pr-1"), told->snapshot->run == old_run_ ? first_data() : second_data());
    EXPECT_EQ(inspect("pr-1").metadata->locked->label, "persist-db");
    EXPECT_TRUE(audit(bystander(), "pr-1").report.equal());
    expect_tidy("pr-1");
  };
  const Way way{Fault::crash, When::before};
  // Faults between the calls matter least: the commit point is inside a call.
  if (server->has_faults_inside()) {
    EXPECT_GT(sweep(Where::inside, way, fill_it, check), 12);
  } else {
    EXPECT_GE(sweep(Where::calls, way, fill_it, check), 12);
  }
}

TEST_P(EverySweep, OfVerifyChangesNothing) {
  sweep_all(
      1, [this](engine::Engine& engine) { audit(engine, "pr-1"); },
      [this](CallOutcome) {
        EXPECT_EQ(read("pr-1"), first_data());
        EXPECT_EQ(read("snapshot"), first_data());
        expect_tidy("pr-1");
        EXPECT_TRUE(audit(bystander(), "pr-1").report.equal());
      });
}

INSTANTIATE_TEST_SUITE_P(Engines, EverySweep, testing::ValuesIn(engines_under_test()), engine_name);

}  // namespace
}  // namespace tidegate::test
