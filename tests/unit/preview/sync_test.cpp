#include "preview/sync.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "preview/reported_state.hpp"
#include "support/faulty_engine.hpp"
#include "support/pull_world.hpp"

namespace tidegate::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Sync : public PullWorld {};

/// Delegates the decision to others, like a commit.
class Orders final : public preview::PreviewBackend {
 public:
  explicit Orders(std::unique_ptr<preview::PreviewBackend> inner) : inner_(std::move(inner)) {}
  std::string database(PullNumber number) const override { return inner_->database(number); }
  std::optional<preview::PreviewState> inspect(tidegate::Run& run, PullNumber number) override {
    return inner_->inspect(run, number);
  }
  std::vector<preview::PreviewState> list(tidegate::Run& run) override { return inner_->list(run); }
  std::optional<Metadata> record_lock(tidegate::Run& run, const PullRequest& pull,
                                      const std::optional<LockRecord>& lock,
                                      const preview::PreviewState& standing) override {
    return inner_->record_lock(run, pull, lock, standing);
  }
  preview::ApplyResult apply(tidegate::Run&, const preview::ApplyRequest& request) override {
    orders.push_back(std::string(to_text(request.decision.action)));
    last_ = request;
    last_->require_unchanged = nullptr;
    return {false, std::nullopt, "asked for"};
  }
  void carry_out_the_last(tidegate::Run& run) { inner_->apply(run, *last_); }
  preview::ApplyResult maintain(tidegate::Run&, const preview::ApplyRequest&) override {
    orders.emplace_back("tend");
    return {};
  }
  std::vector<std::string> orders;

 private:
  std::unique_ptr<preview::PreviewBackend> inner_;
  std::optional<preview::ApplyRequest> last_;
};

TEST_F(Sync, FillsAPreviewFromTheSnapshotAndReportsItInOneComment) {
  host.open(1, {"preview", "use-snapshot"});
  const auto synced = sync(1);
  EXPECT_EQ(synced.decision.action, preview::Action::fill);
  EXPECT_EQ(data("syrf_pr_1"), data("syrftest"));
  const auto& metadata = server.find("syrf_pr_1")->latest;
  EXPECT_EQ(metadata->pull_request->commit, "c1");
  EXPECT_EQ(metadata->pull_request->repository, "camaradesuk/syrf");
  EXPECT_EQ(metadata->pull_request->number, 1);
  EXPECT_EQ(sticky(1), "syrf_pr_1 snapshot\n");
}

TEST_F(Sync, DoesAndReportsNothingTheSecondTime) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  const auto before = server.find("syrf_pr_1")->latest->run;
  host.forget_requests();
  EXPECT_EQ(sync(1).decision.action, preview::Action::none);
  EXPECT_EQ(server.find("syrf_pr_1")->latest->run, before);
  EXPECT_THAT(host.requests(), UnorderedElementsAre(testing::Pair("pull_request", 1),
                                                    testing::Pair("own_comments", 1)));
}

TEST_F(Sync, MarksDataSeededByTheApplicationAndLeavesIt) {
  host.open(1, {"preview"});
  application_seeds(1);
  sync(1);
  EXPECT_EQ(holds(1), "seed");
  EXPECT_EQ(server.find("syrf_pr_1")->latest->method, "seed");
  EXPECT_EQ(server.find("syrf_pr_1")->latest->pull_request->commit, "c1");
  EXPECT_EQ(data("syrf_pr_1").size(), 1U);
}

TEST_F(Sync, DropsAndRestoresAtOnceWhenTheSnapshotLabelComes) {
  host.open(1, {"preview"});
  application_seeds(1);
  sync(1);
  host.label(1, "use-snapshot");
  sync(1);
  EXPECT_EQ(holds(1), "snapshot");
  EXPECT_THAT(notices(1), ElementsAre("filled"));
}

TEST_F(Sync, EmptiesAtOnceWhenTheSnapshotLabelGoes) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  host.unlabel(1, "use-snapshot");
  sync(1);
  EXPECT_EQ(holds(1), "seed");
  EXPECT_THAT(data("syrf_pr_1"), IsEmpty());
  EXPECT_THAT(notices(1), testing::Contains("seed-next"));
}

TEST_F(Sync, LocksFromTheFirstDeployOnWhenBothLabelsAreThere) {
  host.open(1, {"preview", "use-snapshot", "persist-db"});
  sync(1);
  EXPECT_EQ(holds(1), "snapshot locked");
  const auto run = server.find("syrf_pr_1")->latest->run;
  host.push(1, "c2");
  sync(1);
  EXPECT_EQ(server.find("syrf_pr_1")->latest->run, run);
}

TEST_F(Sync, PutsBackTheLabelThatALockForbidsToTakeOff) {
  host.open(1, {"preview", "use-snapshot", "persist-db"});
  sync(1);
  host.unlabel(1, "use-snapshot");
  sync(1);
  EXPECT_THAT(labels(1), testing::Contains("use-snapshot"));
  EXPECT_EQ(holds(1), "snapshot locked");
  EXPECT_THAT(notices(1), testing::Contains("refused-remove"));
  EXPECT_EQ(sync(1).decision.labels.none(), true);
}

TEST_F(Sync, TakesOffTheLabelThatALockForbidsToAdd) {
  host.open(1, {"preview", "persist-db"});
  application_seeds(1);
  sync(1);
  host.label(1, "use-snapshot");
  sync(1);
  EXPECT_THAT(labels(1), testing::Not(testing::Contains("use-snapshot")));
  EXPECT_EQ(holds(1), "seed locked");
  EXPECT_THAT(notices(1), testing::Contains("refused-add"));
}

TEST_F(Sync, RecordsTheLockBeforeItIsReported) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  host.label(1, "persist-db");
  host.on_call = [&](const std::string& call) {
    if (call == "add_comment" || call == "edit_comment") {
      EXPECT_EQ(holds(1), "snapshot locked");
    }
  };
  sync(1);
  host.on_call = {};
  EXPECT_THAT(notices(1), testing::Contains("locked"));
  host.unlabel(1, "persist-db");
  sync(1);
  EXPECT_EQ(holds(1), "snapshot");
  EXPECT_THAT(notices(1), testing::Contains("unlocked"));
}

TEST_F(Sync, ReportsDelegatedWorkOnceItsResultIsSeen) {
  host.open(1, {"preview", "use-snapshot"});
  Orders cluster(backend(engine, journal));
  const auto sync_by_orders = [&] {
    return preview::sync(start(), forge, cluster, sync_plan, *PullNumber::parse("1"));
  };
  sync_by_orders();
  sync_by_orders();
  EXPECT_THAT(cluster.orders, ElementsAre("fill", "fill"));
  EXPECT_EQ(holds(1), "none");
  EXPECT_THAT(notices(1), IsEmpty()) << "nothing has been filled yet";
  cluster.carry_out_the_last(start());
  sync_by_orders();
  sync_by_orders();
  EXPECT_EQ(cluster.orders.back(), "tend");
  EXPECT_THAT(notices(1), ElementsAre("filled"));
  EXPECT_EQ(sticky(1), "syrf_pr_1 snapshot\n");

  host.unlabel(1, "use-snapshot");
  sync_by_orders();
  EXPECT_THAT(notices(1), ElementsAre("filled")) << "nothing has been dropped yet";
  cluster.carry_out_the_last(start());
  sync_by_orders();
  sync_by_orders();
  EXPECT_THAT(notices(1), ElementsAre("filled", "seed-next"));

  host.close(1, PullState::closed, clock.now());
  EXPECT_EQ(sync_by_orders().says, "asked for");
  EXPECT_EQ(cluster.orders.back(), "drop");
  sync_by_orders();
  EXPECT_THAT(notices(1), ElementsAre("filled", "seed-next")) << "the database is still there";
  cluster.carry_out_the_last(start());
  sync_by_orders();
  sync_by_orders();
  EXPECT_THAT(notices(1), ElementsAre("filled", "seed-next", "dropped"));
}

TEST_F(Sync, DropsWhenClosedAndKeepsALockedDatabase) {
  host.open(1, {"preview", "use-snapshot"});
  host.open(2, {"preview", "use-snapshot", "persist-db"});
  sync(1);
  sync(2);
  for (const int number : {1, 2}) {
    host.close(number, PullState::merged, clock.now());
    sync(number);
  }
  EXPECT_EQ(holds(1), "none");
  EXPECT_EQ(holds(2), "snapshot locked");
  EXPECT_THAT(notices(2), testing::Contains("kept"));
  host.unlabel(2, "persist-db");
  sync(2);
  EXPECT_EQ(holds(2), "none");
  EXPECT_THAT(notices(2), testing::Contains("dropped"));
}

TEST_F(Sync, AppliesAPushThatWasSeenWhileLockedOnlyOnRequest) {
  host.open(1, {"preview", "use-snapshot", "persist-db"});
  sync(1);
  host.push(1, "c2");
  sync(1);
  host.unlabel(1, "persist-db");
  EXPECT_EQ(sync(1).decision.action, preview::Action::none);
  EXPECT_EQ(sync(1, preview::Trigger::person).decision.action, preview::Action::fill);
  EXPECT_EQ(server.find("syrf_pr_1")->latest->pull_request->commit, "c2");
}

TEST_F(Sync, PublishesNothingWhenItIsLockedWhileItIsFilled) {
  host.open(1, {"preview"});
  application_seeds(1);
  sync(1);
  host.label(1, "use-snapshot");
  server.on_step = [&](const std::string& step) {
    if (step == "verify") host.label(1, "persist-db");
  };
  const auto synced = sync(1);
  EXPECT_EQ(holds(1), "seed locked");
  EXPECT_EQ(data("syrf_pr_1").size(), 1U);
  EXPECT_THAT(labels(1), testing::Not(testing::Contains("use-snapshot")));
  EXPECT_EQ(synced.decision.action, preview::Action::none);
  EXPECT_THAT(notices(1), testing::IsSupersetOf({"locked", "refused-add"}));
}

TEST_F(Sync, ReportsNoFillWhenALockCameFirst) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  const auto run = server.find("syrf_pr_1")->latest->run;
  host.push(1, "c2");
  server.on_step = [&](const std::string& step) {
    if (step == "verify") host.label(1, "persist-db");
  };
  sync(1);
  EXPECT_EQ(server.find("syrf_pr_1")->latest->run, run);
  EXPECT_THAT(notices(1), ElementsAre("filled", "locked"));
}

TEST_F(Sync, AFailedFirstFillIsRetriedAlthoughItIsLocked) {
  host.open(1, {"preview", "use-snapshot", "persist-db"});
  for (const auto* at : {"verify", "commit"}) {
    server.on_step = [&](const std::string& step) {
      if (step == at) throw Error(ErrorKind::permission, "not now");
    };
    EXPECT_EQ(error_of([&] { sync(1); }).kind(), ErrorKind::permission);
  }
  server.on_step = {};
  sync(1);
  EXPECT_EQ(holds(1), "snapshot locked");
  EXPECT_THAT(labels(1), testing::Contains("use-snapshot"));
  EXPECT_THAT(notices(1), testing::Not(testing::Contains("refused-add")));
}

TEST_F(Sync, AbandonedDataOfAFailedRunIsNoPreview) {
  host.open(1, {"preview", "use-snapshot", "persist-db"});
  server.on_step = [&](const std::string& step) {
    if (step == "verify") throw Error(ErrorKind::permission, "not now");
  };
  EXPECT_EQ(error_of([&] { sync(1); }).kind(), ErrorKind::permission);
  server.on_step = {};
  host.close(1, PullState::closed, clock.now());
  sync(1);
  EXPECT_FALSE(server.find("syrf_pr_1")->latest) << "it is not marked as a locked preview";
  EXPECT_THAT(notices(1), testing::Not(testing::Contains("kept")));
}

TEST_F(Sync, AbandonedDataIsDroppedWithThePullRequest) {
  host.open(1, {"preview", "use-snapshot"});
  server.on_step = [&](const std::string& step) {
    if (step == "verify") throw Error(ErrorKind::permission, "not now");
  };
  EXPECT_EQ(error_of([&] { sync(1); }).kind(), ErrorKind::permission);
  server.on_step = {};
  ASSERT_NE(server.find("syrf_pr_1"), nullptr);
  host.close(1, PullState::closed, clock.now());
  sync(1);
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
  EXPECT_THAT(notices(1), testing::Not(testing::Contains("dropped"))) << "it held no data";
}

TEST_F(Sync, StartsOverWhenAnotherRunRecordedALock) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  host.push(1, "c2");
  FakeEngine another(server);
  bool noted = false;
  server.on_step = [&](const std::string& step) {
    if (step != "capabilities" || std::exchange(noted, true)) return;
    host.label(1, "persist-db");
    WitnessedRun witnessed(clock);
    preview::sync(witnessed.run, forge, *backend(another, journal), sync_plan,
                  *PullNumber::parse("1"));
  };
  EXPECT_EQ(sync(1).decision.action, preview::Action::none);
  EXPECT_TRUE(noted);
  EXPECT_EQ(holds(1), "snapshot locked");
  EXPECT_THAT(notices(1), ElementsAre("filled", "locked"));
}

TEST_F(Sync, FillsForTheCommitThatWasPushedMeanwhile) {
  host.open(1, {"preview", "use-snapshot"});
  bool pushed = false;
  server.on_step = [&](const std::string& step) {
    if (step == "verify" && !std::exchange(pushed, true)) host.push(1, "c2");
  };
  sync(1);
  EXPECT_EQ(server.find("syrf_pr_1")->latest->pull_request->commit, "c2");
}

TEST_F(Sync, StopsWhenThePullRequestKeepsChanging) {
  host.open(1, {"preview", "use-snapshot"});
  int push = 1;
  server.on_step = [&](const std::string& step) {
    if (step == "verify") host.push(1, "c" + std::to_string(++push));
  };
  const auto error = error_of([&] { sync(1); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_EQ(holds(1), "none");
}

TEST_F(Sync, TreatsAnUnreachableCodeHostAsALock) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  host.close(1, PullState::closed, clock.now());
  int asked = 0;
  host.on_call = [&](const std::string& call) {
    if (call == "pull_request" && ++asked == 2) {
      throw Error(ErrorKind::unreachable, "the host is down");
    }
  };
  const auto error = error_of([&] { sync(1); });
  host.on_call = {};
  EXPECT_EQ(error.kind(), ErrorKind::locked);
  EXPECT_THAT(error.message(), HasSubstr("the host is down"));
  EXPECT_EQ(holds(1), "snapshot");
}

TEST_F(Sync, ReportsAFailureOnce) {
  host.open(1, {"preview", "use-snapshot"});
  server.lose_document_of = "pmProject";
  EXPECT_EQ(error_of([&] { sync(1); }).kind(), ErrorKind::verification);
  EXPECT_EQ(error_of([&] { sync(1); }).kind(), ErrorKind::verification);
  ASSERT_EQ(notices(1).size(), 1U);
  EXPECT_THAT(notices(1).front(), testing::StartsWith("failed: "));
  EXPECT_THAT(sticky(1), HasSubstr("failed"));
  server.lose_document_of.clear();
  sync(1);
  EXPECT_EQ(holds(1), "snapshot");
  EXPECT_THAT(sticky(1), testing::Not(HasSubstr("failed")));
}

TEST_F(Sync, ReportsADatabaseWithoutMetadataAsSeedDataWhenItsFirstFillFails) {
  host.open(1, {"preview", "use-snapshot"});
  application_seeds(1);
  server.lose_document_of = "pmProject";
  EXPECT_EQ(error_of([&] { sync(1); }).kind(), ErrorKind::verification);
  EXPECT_EQ(sticky(1), "syrf_pr_1 seed failed\n");
  server.lose_document_of.clear();
  const auto synced = sync(1);
  EXPECT_EQ(synced.holds, preview::TargetContent::snapshot);
}

TEST_F(Sync, ReportsEachKindOfFailureOnceAlthoughTheyAlternate) {
  host.open(1, {"preview", "use-snapshot"});
  auto kind = ErrorKind::permission;
  server.on_step = [&](const std::string& step) {
    if (step == "verify") throw Error(kind, "not now");
  };
  for (int round = 0; round < 3; ++round) {
    for (const auto each : {ErrorKind::permission, ErrorKind::no_space}) {
      kind = each;
      EXPECT_EQ(error_of([&] { sync(1); }).kind(), each);
    }
  }
  EXPECT_EQ(notices(1).size(), 2U);
  host.push(1, "c2");
  EXPECT_EQ(error_of([&] { sync(1); }).kind(), kind);
  EXPECT_EQ(notices(1).size(), 3U) << "of another commit";
}

TEST_F(Sync, ReportsAnUnreachableServerWhenAPreviewIsWanted) {
  host.open(1, {"preview"});
  host.open(2, {"bug"});
  server.on_step = [&](const std::string& step) {
    if (step == "inspect") throw Error(ErrorKind::unreachable, "the server is down");
  };
  for (const int number : {1, 2}) {
    EXPECT_EQ(error_of([&] { sync(number); }).kind(), ErrorKind::unreachable);
  }
  EXPECT_THAT(notices(1), ElementsAre("failed: the server is down"));
  EXPECT_THAT(host.comments(2), IsEmpty());
}

TEST_F(Sync, KeepsTheOldestOfItsOwnComments) {
  host.open(1, {"preview", "use-snapshot"});
  const auto forged = preview::sticky_body(preview::status_marker(""), {}, "status of a stranger");
  host.comment_as("mallory", 1, forged);
  sync(1);
  host.comment_as("tidegate[bot]", 1, forged);
  host.push(1, "c2");
  sync(1);
  WitnessedRun asking(clock);
  const auto ours =
      forge.own_comments(asking.run, PullNumber::parse("1").value(), preview::status_marker(""));
  ASSERT_EQ(ours.size(), 1U);
  EXPECT_NE(ours.front().body, forged);
  EXPECT_EQ(host.kept(1).front().comment.body, forged);
}

TEST_F(Sync, ReportsNothingOnAPullRequestWithoutPreview) {
  host.open(1, {"bug"});
  host.open(2, {"preview", "use-snapshot"});
  host.change(2, [](PullRequest& pull) { pull.fork = true; });
  sync(1);
  sync(2);
  EXPECT_THAT(host.comments(1), IsEmpty());
  EXPECT_THAT(host.comments(2), IsEmpty());
  EXPECT_EQ(holds(2), "none");
}

TEST_F(Sync, RecordsLocksFillsAndDropsInTheJournal) {
  host.open(1, {"preview", "use-snapshot"});
  sync(1);
  host.label(1, "persist-db");
  sync(1);
  host.unlabel(1, "persist-db");
  host.close(1, PullState::closed, clock.now());
  sync(1);
  std::vector<std::string> done;
  for (const auto& record : journal.ended) {
    if (record.target == "pr-1") done.push_back(record.operation + " " + record.outcome);
  }
  EXPECT_THAT(done, ElementsAre("restore ok", "lock ok", "unlock ok", "drop ok"));
}

/// Each kind of event, with each request to the host and each call of the engine failing in turn:
/// the next sync brings everything to the intended state, and nothing is reported twice.
struct Event {
  const char* name;
  std::vector<std::string> before;  ///< labels
  std::function<void(FakeHost&)> happens;
  std::string holds;
  std::vector<std::string> notices;
};

const std::vector<Event>& events() {
  static const std::vector<Event> all{
      {"first deploy",
       {},
       [](FakeHost& host) {
         host.label(1, "preview");
         host.label(1, "use-snapshot");
       },
       "snapshot",
       {"filled"}},
      {"snapshot label off",
       {"preview", "use-snapshot"},
       [](FakeHost& host) { host.unlabel(1, "use-snapshot"); },
       "seed",
       {"seed-next"}},
      {"lock on",
       {"preview", "use-snapshot"},
       [](FakeHost& host) { host.label(1, "persist-db"); },
       "snapshot locked",
       {"locked"}},
      {"refused",
       {"preview", "use-snapshot", "persist-db"},
       [](FakeHost& host) { host.unlabel(1, "use-snapshot"); },
       "snapshot locked",
       {"refused-remove"}},
      {"lock off",
       {"preview", "use-snapshot", "persist-db"},
       [](FakeHost& host) { host.unlabel(1, "persist-db"); },
       "snapshot",
       {"unlocked"}},
      {"closed",
       {"preview", "use-snapshot"},
       [](FakeHost& host) { host.close(1, PullState::closed, SystemTime{}); },
       "none",
       {"dropped"}},
      {"closed while locked",
       {"preview", "use-snapshot", "persist-db"},
       [](FakeHost& host) { host.close(1, PullState::merged, SystemTime{}); },
       "snapshot locked",
       {"kept"}},
      {"push",
       {"preview", "use-snapshot"},
       [](FakeHost& host) { host.push(1, "c2"); },
       "snapshot",
       {"filled"}},
  };
  return all;
}

void PrintTo(const Event& event, std::ostream* out) { *out << event.name; }

struct Scene final : public PullWorld {
  void TestBody() override {}
};

class EveryStepOfSync : public testing::TestWithParam<Event> {
 protected:
  /// @returns whether the fault occurred.
  bool once(Fault fault, When when, int step, bool at_host) {
    const auto& event = GetParam();
    Scene world;
    world.host.open(1, event.before);
    if (!event.before.empty()) world.sync(1);
    const auto told_before = world.notices(1);
    event.happens(world.host);
    bool struck = false;
    FakeEngine dying(world.server);
    const auto die = [&] {
      struck = true;
      dying.crash();
      throw Crashed{};
    };
    int calls = 0;
    if (at_host) {
      world.host.on_call = [&](const std::string& call) {
        if (++calls != step || struck) return;
        if (fault == Fault::crash) die();
        struck = true;
        throw Error(ErrorKind::remote, "fault at " + call);
      };
    }
    FaultyEngine faulty(dying, {at_host ? 0 : step, fault, when}, die);
    try {
      world.sync(1, faulty);
    } catch (const Error&) {
      struck = struck || faulty.struck();
    } catch (const Crashed&) {
    }
    world.host.on_call = {};
    world.clock.advance(std::chrono::minutes(5));  // what the dead have held runs out
    world.sync(1);
    world.sync(1);
    EXPECT_EQ(world.holds(1), event.holds);
    auto told = world.notices(1);
    told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(told_before.size()));
    std::erase_if(told, [](const auto& text) { return text.rfind("failed", 0) == 0; });
    EXPECT_EQ(told, event.notices);
    EXPECT_EQ(world.data("syrftest").size(), 3U);
    return struck || faulty.struck();
  }

  void sweep(bool at_host) {
    for (const auto fault : {Fault::error, Fault::crash}) {
      for (const auto when : {When::before, When::after}) {
        if (at_host && when == When::after) continue;
        for (int step = 1; step < 200; ++step) {
          SCOPED_TRACE(testing::Message() << (at_host ? "host " : "engine ") << step
                                          << (fault == Fault::crash ? " crash" : " error")
                                          << (when == When::after ? " after" : " before"));
          if (!once(fault, when, step, at_host)) break;
          if (HasFailure()) return;
        }
      }
    }
  }
};

TEST_P(EveryStepOfSync, IsRepairedByTheNextWhenTheHostFails) { sweep(true); }
TEST_P(EveryStepOfSync, IsRepairedByTheNextWhenTheServerFails) { sweep(false); }

INSTANTIATE_TEST_SUITE_P(Events, EveryStepOfSync, testing::ValuesIn(events()),
                         [](const auto& param) {
                           std::string name = param.param.name;
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

}  // namespace
}  // namespace tidegate::test
