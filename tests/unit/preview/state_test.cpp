#include "preview/state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class State : public FakeWorld {
 protected:
  preview::DatabaseState look() { return preview::state(start(), asked); }
  static engine::Connect unset() {
    return []() -> std::unique_ptr<engine::Engine> {
      throw Error(ErrorKind::config, "the variable SYRF_URI is not set");
    };
  }
  engine::Connect connect = [this] { return std::make_unique<FakeEngine>(server); };
  preview::StatePlan asked{"syrf",  EngineKind::mongodb,    topology, 8 * 24h, connect,
                           connect, {{"staging", connect}}, {}};
};

TEST_F(State, KnowsNothingOfASnapshotThatWasNeverTaken) {
  const auto state = look();
  EXPECT_FALSE(state.snapshot.metadata);
  EXPECT_THAT(state.snapshot.unproven, IsEmpty());
  EXPECT_THAT(state.targets, SizeIs(1));
  EXPECT_FALSE(state.targets[0].exists);
}

TEST_F(State, ReportsTheSnapshotWithItsAgeAndStaleness) {
  take();
  clock.advance(7 * 24h);
  EXPECT_EQ(look().snapshot.age, std::chrono::milliseconds(7 * 24h));
  EXPECT_FALSE(look().snapshot.stale);
  clock.advance(2 * 24h);
  EXPECT_TRUE(look().snapshot.stale);
}

TEST_F(State, ListsPreviewsByNumberAndThenNamedTargets) {
  take();
  fill("pr-30");
  fill("pr-4");
  fill("staging");
  const auto state = look();
  ASSERT_THAT(state.targets, SizeIs(3));
  EXPECT_EQ(state.targets[0].name, "pr-4");
  EXPECT_EQ(state.targets[1].name, "pr-30");
  EXPECT_EQ(state.targets[2].name, "staging");
}

TEST_F(State, CallsATargetStaleOnceANewerSnapshotExists) {
  take();
  fill("pr-1");
  EXPECT_FALSE(look().targets[0].stale);
  take();
  EXPECT_TRUE(look().targets[0].stale);
}

TEST_F(State, ReportsAbandonedStagingData) {
  FakeEngine dying(server);
  server.on_step = [&](const std::string& step) {
    if (step == "copy pmStudy") {
      dying.crash();
      throw Crashed{};
    }
  };
  EXPECT_THROW(tidegate::snapshot::take(start(), dying, gate, journal, plan), Crashed);
  server.on_step = {};
  EXPECT_TRUE(look().snapshot.holder);
  EXPECT_THAT(look().snapshot.staging, IsEmpty());
  clock.advance(1min);
  EXPECT_FALSE(look().snapshot.holder);
  EXPECT_THAT(look().snapshot.staging, SizeIs(2));
}

TEST_F(State, UsesThePreviewsCredentialWithoutTheProducers) {
  take();
  fill("pr-1");
  asked.snapshot = unset();
  const auto state = look();
  EXPECT_TRUE(state.snapshot.metadata);
  EXPECT_THAT(state.snapshot.unproven, IsEmpty());
}

TEST_F(State, GivesTheReasonForAnUnprovenState) {
  asked.snapshot = unset();
  asked.previews = unset();
  asked.targets["staging"] = unset();
  const auto state = look();
  EXPECT_THAT(state.snapshot.unproven, HasSubstr("SYRF_URI is not set"));
  EXPECT_THAT(state.previews_unproven, HasSubstr("SYRF_URI is not set"));
  EXPECT_THAT(state.targets.at(0).unproven, HasSubstr("SYRF_URI is not set"));
}

TEST_F(State, ReportsUnreadableMetadataOfOneDatabaseOnly) {
  take();
  fill("pr-1");
  fill("pr-2");
  server.find("syrf_pr_1")->latest->unreadable = "'method' is missing";
  const auto state = look();
  ASSERT_THAT(state.targets, SizeIs(3));
  EXPECT_EQ(state.targets[0].unproven, "'method' is missing");
  EXPECT_FALSE(state.targets[0].metadata);
  EXPECT_TRUE(state.targets[1].metadata);
  server.find("syrf_snapshot")->latest->unreadable = "'status' is missing";
  EXPECT_EQ(look().snapshot.unproven, "'status' is missing");
}

TEST_F(State, ReportsASingleTargetOnRequest) {
  take();
  fill("pr-1");
  fill("pr-2");
  asked.only = parse_target("pr-2");
  const auto state = look();
  ASSERT_THAT(state.targets, SizeIs(1));
  EXPECT_EQ(state.targets[0].database.text(), "syrf_pr_2");
  EXPECT_TRUE(state.targets[0].metadata);
}

}  // namespace
}  // namespace tidegate::test
