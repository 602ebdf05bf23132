#include "engine/dry_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class DryRun : public FakeWorld {
 protected:
  engine::DryRun dry{std::make_unique<FakeEngine>(server)};
  WitnessedRun witnessed{clock, std::nullopt, Mode::dry_run};
};

TEST_F(DryRun, OfASnapshotSaysEachStepAndWritesNothing) {
  tidegate::snapshot::take(witnessed.run, dry, gate, journal, plan);
  EXPECT_EQ(server.find("syrf_snapshot"), nullptr);
  const auto text = witnessed.progress.text();
  EXPECT_THAT(text, HasSubstr("rights: fake_user reads syrftest"));
  EXPECT_THAT(text, HasSubstr("would take the lease of 'syrf_snapshot'"));
  EXPECT_THAT(text, HasSubstr("would copy collection pmProject: 2 documents"));
  EXPECT_THAT(text, HasSubstr("would publish 3 collections as 'syrf_snapshot'"));
  EXPECT_THAT(text, Not(HasSubstr("ok published")));
  EXPECT_THAT(text, Not(HasSubstr("ok verified")));
  EXPECT_TRUE(journal.begun.empty());
}

TEST_F(DryRun, OfARestoreLeavesTheTargetAsItIs) {
  take();
  server.load("syrf_pr_1", "mine", {{"1", "x"}});
  const auto restore = restore_plan(topology, "pr-1");
  const auto source = preview::from_database(dry, restore);
  preview::fill(witnessed.run, dry, *source, gate, journal, restore);
  EXPECT_THAT(data("syrf_pr_1"), testing::SizeIs(1));
  EXPECT_THAT(witnessed.progress.text(), HasSubstr("and remove 1 other there"));
}

TEST_F(DryRun, OfADropLeavesTheTargetAsItIs) {
  take();
  fill("pr-1");
  preview::drop(witnessed.run, dry, gate, journal, drop_plan(topology, "pr-1"),
                preview::Leave::nothing);
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
  EXPECT_THAT(witnessed.progress.text(), HasSubstr("would drop 'syrf_pr_1': 3 collections"));
}

TEST_F(DryRun, StillRefusesWhatWouldBeRefused) {
  plan.copy.allow_write_access = false;
  EXPECT_EQ(
      error_of([&] { tidegate::snapshot::take(witnessed.run, dry, gate, journal, plan); }).kind(),
      ErrorKind::refused);
}

}  // namespace
}  // namespace tidegate::test
