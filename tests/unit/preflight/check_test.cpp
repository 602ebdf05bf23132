#include "preflight/check.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using namespace std::chrono_literals;
using preflight::Result;
using preflight::Row;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Check : public FakeWorld {
 protected:
  Check() {
    const engine::Connect connect = [this] { return std::make_unique<FakeEngine>(server); };
    asked.producer = asked.preview = connect;
    asked.targets["staging"] = connect;
    server.readable = {"syrftest", "syrf_snapshot"};
    server.writable = {"syrf_snapshot", "syrf_pr_1", "syrf_staging"};
    server.user = "producer";
  }
  std::vector<Row> check() { return preflight::check(start(), asked); }
  /// Every row as `failed production: producer may WRITE …`.
  std::vector<std::string> rows() {
    std::vector<std::string> texts;
    for (const auto& row : check()) {
      texts.push_back(
          fmt::format("{} {}: {}", preflight::to_text(row.result), row.name, row.message));
    }
    return texts;
  }
  preflight::CheckPlan asked{
      "syrf", EngineKind::mongodb, topology, {}, {}, false, 8 * 24h, {}, {}, {}, {}};
};

TEST_F(Check, FindsNothingFailedWhereUsersMayDoExactlyWhatTheyNeed) {
  take();
  EXPECT_EQ(preflight::verdict(check()), std::nullopt);
  EXPECT_THAT(rows(), Contains("ok production: Fake 1.0, in memory"));
  EXPECT_THAT(rows(), Contains("ok production: producer reads 'syrftest'"));
  EXPECT_THAT(rows(), Contains("ok snapshot: producer writes 'syrf_snapshot'"));
}

TEST_F(Check, SaysWhatTheServerLacksOfWhatTheEngineReliesOn) {
  using State = engine::Capability::State;
  EXPECT_THAT(rows(), Not(Contains(HasSubstr("capabilities"))));  // nothing to say
  server.relied_on = {{"one", State::ok, ""}, {"two", State::ok, ""}};
  EXPECT_THAT(rows(), Contains("ok capabilities: 2 of 2"));
  server.relied_on.push_back({"three", State::unproven, "later"});
  EXPECT_THAT(rows(), Contains("ok capabilities: 2 of 3; 1 unproven until a run tries them"));
  server.relied_on.push_back({"four", State::fallback, "by hand"});
  server.relied_on.push_back({"five", State::fallback, "slowly"});
  EXPECT_THAT(rows(),
              Contains("warning capabilities: 2 of 5; fallback: four, five; 1 unproven until a run "
                       "tries them"));
  EXPECT_EQ(preflight::verdict(check()), std::nullopt);
  server.relied_on.push_back({"six", State::refused, "nothing can be copied"});
  EXPECT_THAT(rows(), Contains("failed capabilities: 2 of 6; refused: six; fallback: four, five; "
                               "1 unproven until a run tries them"));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::refused);
}

TEST_F(Check, LooksWhetherTheSeedDataCanBeRead) {
  asked.seed = [] { return SeedPlan{"", "/nowhere/seed.sql"}; };
  EXPECT_THAT(rows(), Contains("failed seed: the seed data '/nowhere/seed.sql' cannot be read: No "
                               "such file or directory"));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::config);
  asked.seed = [] { return SeedPlan{"", "/etc/hostname"}; };
  EXPECT_THAT(rows(), Contains("ok seed: /etc/hostname"));
  asked.missing.emplace("seed", Error(ErrorKind::config, "SEED is not set"));
  EXPECT_THAT(rows(), Contains("unproven seed: SEED is not set"));
}

TEST_F(Check, FailsAProducerThatMayWriteProduction) {
  server.writable.insert("syrftest");
  EXPECT_THAT(rows(), Contains(HasSubstr("failed production: producer may WRITE 'syrftest': "
                                         "insert, update, remove by readWrite@syrftest")));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::refused);
}

TEST_F(Check, OnlyWarnsOfThatWhereItIsAllowed) {
  server.writable.insert("syrftest");
  asked.allow_write_access = true;
  EXPECT_THAT(rows(), Contains(HasSubstr("warning production: producer may WRITE")));
  EXPECT_EQ(preflight::verdict(check()), std::nullopt);
}

TEST_F(Check, SaysWhatASnapshotWouldLeaveOutAndRefuse) {
  server.outlook.left_out = {"event trigger 'e': only a superuser can make it"};
  EXPECT_THAT(rows(), Contains("warning objects: left out: event trigger 'e': only a superuser can "
                               "make it"));
  EXPECT_EQ(preflight::verdict(check()), std::nullopt);
  server.outlook.refusal = Error(ErrorKind::config, "what is taken needs what is left out");
  EXPECT_THAT(rows(), Contains("failed objects: what is taken needs what is left out"));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::config);
}

TEST_F(Check, NamesEveryMissingRight) {
  server.writable = {};
  EXPECT_THAT(rows(), Contains("failed snapshot: producer lacks insert on 'syrf_snapshot'"));
  EXPECT_THAT(rows(), Contains("failed staging: producer lacks insert on 'syrf_staging'"));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::permission);
}

TEST_F(Check, WarnsOfAPreviewCredentialThatMayWriteTheSnapshotOrReadProduction) {
  EXPECT_THAT(rows(), Contains(HasSubstr("warning previews: producer may WRITE 'syrf_snapshot'")));
  EXPECT_THAT(rows(), Contains(HasSubstr("warning previews: producer may read production")));
}

TEST_F(Check, TakesPr1AsAnExampleOnly) {
  server.writable.erase("syrf_pr_1");
  EXPECT_THAT(rows(),
              Contains(HasSubstr("warning previews: producer lacks insert on 'syrf_pr_1'")));
  asked.preview_number = PullNumber::parse("1");
  EXPECT_THAT(rows(), Contains(HasSubstr("failed previews: producer lacks")));
}

TEST_F(Check, CallsUnprovenWhatCannotBeAsked) {
  asked.missing.emplace("production",
                        Error(ErrorKind::config, "the variable SYRF_PRODUCER_URI is not set"));
  asked.preview = {};
  EXPECT_THAT(rows(), Contains(HasSubstr("unproven production: the variable SYRF_PRODUCER_URI")));
  EXPECT_THAT(rows(), Contains(HasSubstr("unproven previews: no connection")));
}

TEST_F(Check, FailsAConfigurationThatIsWrongInItself) {
  asked.producer = []() -> std::unique_ptr<engine::Engine> {
    throw Error(ErrorKind::config, "cannot read the connection string", "",
                "tidegate.yaml:5 databases.syrf.production.uri");
  };
  EXPECT_THAT(rows(), Contains("failed production: tidegate.yaml:5 databases.syrf.production.uri: "
                               "cannot read the connection string"));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::config);
}

TEST_F(Check, FailsWhereDatabasesCannotBeMade) {
  server.obstacles = {{ErrorKind::config, "the server is a standby", "connect to the primary"}};
  EXPECT_THAT(rows(), Contains("failed snapshot: the server is a standby"));
  EXPECT_THAT(rows(), Contains("failed previews: the server is a standby"));
  EXPECT_THAT(rows(), Contains("failed staging: the server is a standby"));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::config);
}

TEST_F(Check, AsksWhetherArchivesCanBeRestoredForATest) {
  server.writable.insert("tidegate_drill_syrf");
  asked.drill = [this] { return std::make_unique<FakeEngine>(server); };
  EXPECT_THAT(rows(), Contains("ok restore test: producer writes 'tidegate_drill_syrf'"));
  server.writable.erase("tidegate_drill_syrf");
  EXPECT_THAT(rows(), Contains(HasSubstr("failed restore test: producer lacks")));
}

TEST_F(Check, FailsAServerThatDoesNotAnswer) {
  server.on_step = [](const std::string&) {
    throw Error(ErrorKind::unreachable, "no answer from 127.0.0.1");
  };
  EXPECT_THAT(rows(), Contains("failed production: no answer from 127.0.0.1"));
  EXPECT_EQ(preflight::verdict(check()), ErrorKind::unreachable);
}

TEST_F(Check, NamesMistakesInTheSelection) {
  asked.selection.include = {"pmProjct", "job*", "pmStudy"};
  EXPECT_THAT(rows(), Contains(HasSubstr("failed collections: 'pmProjct' in include")));
  EXPECT_THAT(rows(), Contains(HasSubstr("warning collections: 'job*' in include")));
}

TEST_F(Check, NamesWhatCannotBeCarried) {
  server.find("syrftest")->collections["pmStudy"].obstacle = "time series";
  EXPECT_THAT(rows(), Contains(HasSubstr("failed collections: cannot carry 'pmStudy'")));
}

TEST_F(Check, SaysHowManyMorePreviewsFit) {
  server.free = Bytes{14 * 38 + 3};
  EXPECT_THAT(rows(), Contains(HasSubstr("room for about 38 more previews")));
  server.free = Bytes{20};
  EXPECT_THAT(rows(), Contains(HasSubstr("warning space: 20 B free")));
  server.free = Bytes{2};
  EXPECT_THAT(rows(), Contains(HasSubstr("failed space: a snapshot needs 14 B, 2 B free")));
  server.free.reset();
  EXPECT_THAT(rows(), Contains(HasSubstr("unproven space:")));
}

TEST_F(Check, ComparesTheClocks) {
  EXPECT_THAT(rows(), Not(Contains(HasSubstr("clock"))));
  server.clock_ahead = 31s;
  EXPECT_THAT(rows(), Contains(HasSubstr("warning clock: the server's clock and this one differ")));
}

TEST_F(Check, FailsWhereOneMomentIsRequiredAndCannotBeHad) {
  server.point_in_time = false;
  EXPECT_THAT(rows(), Contains(HasSubstr("warning cut:")));
  asked.consistency = ConsistencyWish::require;
  EXPECT_THAT(rows(), Contains(HasSubstr("failed cut:")));
}

TEST_F(Check, WarnsOfASnapshotThatIsMissingOrStale) {
  EXPECT_THAT(rows(), Contains("warning snapshot: there is none yet"));
  take();
  EXPECT_THAT(rows(), Contains(HasSubstr("ok snapshot: of 2026-11-22 03:00 UTC")));
  clock.advance(9 * 24h);
  EXPECT_THAT(rows(), Contains(HasSubstr("stale: older than 8 d")));
}

TEST_F(Check, WarnsOfAServerWithoutAccessControl) {
  server.basis = engine::Rights::Basis::no_access_control;
  EXPECT_THAT(rows(), Contains(HasSubstr("no access control: anyone may write production")));
}

}  // namespace
}  // namespace tidegate::test
