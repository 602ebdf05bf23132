#include "preflight/rights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Rights : public FakeWorld {
 protected:
  Rights() {
    server.readable = {"syrftest"};
    server.writable = {"syrf_pr_1"};
  }
  preflight::RightsNeeded needed(std::chrono::milliseconds wait) {
    return {.name = "syrf",
            .reads = topology.snapshot,
            .writes = DatabaseName("syrf_pr_1"),
            .production = topology.production,
            .wait = wait};
  }
  void require(std::chrono::milliseconds wait) {
    preflight::require_rights(start(), engine, needed(wait));
  }
  /// The role arrives at the server at that time.
  void grant_after(std::chrono::milliseconds time) {
    server.on_step = [this, at = clock.steady() + time](const std::string&) {
      if (clock.steady() >= at) server.readable.insert("syrf_snapshot");
    };
  }
};

TEST_F(Rights, AreWaitedForWithGrowingPauses) {
  grant_after(20s);
  require(2min);
  EXPECT_THAT(clock.sleeps(), ElementsAre(1s, 2s, 4s, 8s, 10s));
  EXPECT_THAT(said(), HasSubstr("'fake_user' lacks find on 'syrf_snapshot'; a change of its roles "
                                "takes a while to arrive, looking again for 2 min"));
  EXPECT_THAT(said(), HasSubstr("ok rights: fake_user reads syrf_snapshot, writes syrf_pr_1"));
}

TEST_F(Rights, AreRefusedByNameWhenTheWaitIsOver) {
  const auto error = error_of([&] { require(5s); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_EQ(error.message(), "'fake_user' lacks find on 'syrf_snapshot'");
  EXPECT_THAT(clock.sleeps(), ElementsAre(1s, 2s, 2s));
}

TEST_F(Rights, AreAskedForOnceWithoutAWait) {
  EXPECT_EQ(error_of([&] { require(0s); }).kind(), ErrorKind::permission);
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(Rights, AreNamedRatherThanTheTimeLimit) {
  limit = 3s;
  const auto error = error_of([&] { require(2min); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_LT(clock.sleeps().size(), 3U);
}

TEST_F(Rights, ThatAreTooManyAreNotWaitedFor) {
  server.readable.insert("syrf_snapshot");
  server.writable.insert("syrftest");
  EXPECT_EQ(error_of([&] { require(2min); }).kind(), ErrorKind::refused);
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(Rights, ThatTheServerDoesNotTellAreNotWaitedFor) {
  server.basis = engine::Rights::Basis::unknown;
  require(2min);
  EXPECT_THAT(clock.sleeps(), IsEmpty());
}

TEST_F(Rights, OfAFillAreWaitedForAsLongAsASignIn) {
  server.readable = {"*"};
  server.writable = {"*"};
  plan.copy.allow_write_access = true;
  take();
  server.writable = {"syrf_pr_1"};
  server.readable = {"syrftest", "syrf_pr_1"};
  grant_after(3s);
  auto restore = restore_plan(topology, "pr-1");
  restore.endpoint.sign_in_wait = 30s;
  const auto source = preview::from_database(engine, restore);
  preview::fill(start(), engine, *source, gate, journal, restore);
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
}

}  // namespace
}  // namespace tidegate::test
