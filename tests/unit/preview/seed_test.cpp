#include <gtest/gtest.h>

#include "support/pull_world.hpp"

namespace tidegate::test {
namespace {

/// tidegate makes the seed data.
class Seed : public PullWorld {
 protected:
  Seed() {
    sync_plan.policy.seeder = Seeder::tidegate;
    seed_plan.command = "make it";
  }
  void open(const std::vector<std::string>& with) { host.open(7, with); }
  std::string database() const {
    return topology.previews->name_of(*PullNumber::parse("7")).text();
  }
  bool is_seeded() { return server.read(database()).count("seeds") == 1; }
  Status status() { return server.find(database())->latest->status; }
};

TEST_F(Seed, FillsAPreviewThatIsNotThereAndThenLeavesIt) {
  open({"preview"});
  EXPECT_EQ(sync(7).says, "filled with seed data");
  EXPECT_TRUE(is_seeded());
  EXPECT_EQ(status(), Status::complete);
  EXPECT_EQ(holds(7), "seed");
  EXPECT_EQ(sync(7).decision.action, preview::Action::none);
}

TEST_F(Seed, TakesThePlaceOfASnapshotWhenItsLabelGoes) {
  open({"preview", "use-snapshot"});
  sync(7);
  EXPECT_EQ(holds(7), "snapshot");
  host.unlabel(7, "use-snapshot");
  sync(7);
  EXPECT_EQ(holds(7), "seed");
  EXPECT_EQ(server.read(database()).size(), 1U);
}

TEST_F(Seed, IsLockedFromTheFirstTimeOn) {
  open({"preview", "persist-db"});
  sync(7);
  EXPECT_EQ(holds(7), "seed locked");
  EXPECT_EQ(status(), Status::complete);
}

TEST_F(Seed, IsRetriedAlthoughItIsToBeLocked) {
  open({"preview", "persist-db"});
  bool failed = false;
  server.on_step = [&](const std::string& step) {
    if (step == "seed" && !std::exchange(failed, true)) throw Error(ErrorKind::remote, "once");
  };
  retries = 1;
  sync(7);
  EXPECT_TRUE(failed);
  EXPECT_EQ(holds(7), "seed locked");
  EXPECT_TRUE(is_seeded());
}

TEST_F(Seed, StartsAgainAfterAFailureOrACrash) {
  open({"preview"});
  for (const auto* at : {"seed", "noted"}) {
    server.on_step = [&](const std::string& step) {
      if (step == at) throw Error(ErrorKind::permission, "not now");
    };
    EXPECT_EQ(error_of([&] { sync(7, preview::Trigger::person); }).kind(), ErrorKind::permission);
    EXPECT_EQ(status(), Status::publishing) << at;
    server.on_step = {};
    sync(7);
    EXPECT_EQ(status(), Status::complete) << at;
    EXPECT_TRUE(is_seeded()) << at;
  }
}

TEST_F(Seed, IsCompleteAfterTheNextSyncWhicheverStepFails) {
  open({"preview"});
  bool struck = true;
  for (int at = 1; struck; ++at) {
    struck = false;
    int steps = 0;
    server.on_step = [&](const std::string&) {
      if (++steps != at) return;
      struck = true;
      throw Error(ErrorKind::permission, "not now");
    };
    try {
      sync(7, preview::Trigger::person);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::permission) << at;
    }
    server.on_step = {};
    sync(7);
    ASSERT_EQ(status(), Status::complete) << at;
    ASSERT_TRUE(is_seeded()) << at;
    ASSERT_LT(at, 100);
  }
}

TEST_F(Seed, LeavesAnIncompleteDatabaseAloneOnceItIsLocked) {
  open({"preview"});
  server.on_step = [&](const std::string& step) {
    if (step == "noted") throw Error(ErrorKind::permission, "not now");
  };
  error_of([&] { sync(7); });
  server.on_step = {};
  host.label(7, "persist-db");
  EXPECT_EQ(sync(7).decision.action, preview::Action::none);
  EXPECT_EQ(holds(7), "seed locked");
}

}  // namespace
}  // namespace tidegate::test
