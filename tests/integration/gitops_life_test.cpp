#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gitops/backend.hpp"
#include "preview/failure_record.hpp"
#include "support/fake_argo.hpp"
#include "support/git_server.hpp"
#include "support/pull_world.hpp"
#include "unit/config/sample.hpp"

namespace tidegate::test {
namespace {

using gitops::Commits;
using preview::Action;
using preview::TargetContent;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

using Strings = std::vector<std::string>;

constexpr auto k_configuration =
    "databases:\n"
    "  syrf:\n"
    "    engine: mongodb\n"
    "    production: {uri: '${PROD}', database: syrftest}\n"
    "    snapshot: {database: syrf_snapshot}\n"
    "    previews: {database: 'syrf_pr_{number}', uri: '${PREVIEW}'}\n"
    "render:\n"
    "  previews: {host: db.example.net}\n";

constexpr auto k_folder = "previews/pr-42/syrf/";
constexpr int k_number = 42;
const Strings k_kept{"cleanup.yaml", "intent.yaml"};
const Strings k_filled{"cleanup.yaml", "intent.yaml", "restore.yaml"};
const Strings k_reset{"cleanup.yaml", "intent.yaml", "reset.yaml"};
const Strings k_locked{"intent.yaml"};

/// A pull request's life: the labels on a code host, the files over real git HTTP, the databases on
/// a server, and between the two what Argo CD makes of files.
class GitopsLife : public PullWorld {
 protected:
  static void SetUpTestSuite() { git = std::make_unique<GitServer>(); }
  static void TearDownTestSuite() { git.reset(); }

  void SetUp() override {
    repository = git->repository(name(), {{"README.md", "hello"}});
    host.open(k_number, {"preview", "use-snapshot"}, "aaaaaaa1");
  }
  static std::string name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  static PullNumber number() { return PullNumber::parse(std::to_string(k_number)).value(); }

  std::unique_ptr<preview::PreviewBackend> committing() {
    const auto config = config::sample::load(k_configuration);
    return gitops::gitops_backend(
        backend(engine, journal),
        Commits(repository, "syrf", gitops::manifests(config.render_plan("syrf"))));
  }
  preview::SyncResult synced(preview::Trigger asked = preview::Trigger::state_change) {
    return preview::sync(start(), forge, *committing(), sync_plan, number(), asked);
  }
  preview::ReconcileResult reconciled() {
    return preview::reconcile(start(), forge, *committing(), sync_plan);
  }
  /// A look of tidegate's, one of the cluster's, and another of tidegate's, which sees what came.
  void settle() {
    synced();
    argo.look();
    synced();
  }
  void push(const std::string& commit) { host.push(k_number, commit); }
  void close() { host.close(k_number, PullState::closed, clock.now()); }

  static std::map<std::string, std::string> files() {
    std::map<std::string, std::string> found;
    for (const auto& path : git->files(name())) {
      if (!path.starts_with(k_folder)) continue;
      found.emplace(path.substr(std::string_view(k_folder).size()), git->file(name(), path));
    }
    return found;
  }
  static Strings below(const std::string& folder) {
    Strings found;
    for (const auto& [path, text] : files()) {
      if (path.starts_with(folder)) found.push_back(path.substr(folder.size()));
    }
    return found;
  }
  static Strings jobs() { return below("jobs/"); }
  /// The files that Applications are made of.
  static Strings beside() {
    Strings found;
    for (const auto& [path, text] : files()) {
      if (path.find('/') == std::string::npos) found.push_back(path);
    }
    return found;
  }
  std::string run_of_data() { return server.find("syrf_pr_42")->latest->run; }

  /// As the rendered Jobs do it: `restore`, `drop --seed`, `drop --best-effort`.
  bool carried_out(Action action, TargetContent afterwards, const std::string& commit) {
    preview::ApplyRequest request{.pull = {.number = number(), .commit = commit}};
    request.decision.action = action;
    request.decision.afterwards = afterwards;
    auto& run = start();
    const auto target = *parse_target("pr-42");
    const Redactor redactor;
    const preview::FailureRecorder recorder(run, engine, gate, target, commit, redactor);
    try {
      if (failures > 0) server.on_step = fail_copy;
      preview::recording_failure(recorder, [&] { backend(engine, journal)->apply(run, request); });
      return true;
    } catch (const Error& error) {
      server.on_step = nullptr;
      if (failures-- > 0) return false;
      failures = 0;
      EXPECT_EQ(error.kind(), ErrorKind::locked) << error.message();
      return afterwards == TargetContent::nothing;
    }
  }
  static void fail_copy(const std::string& step) {
    if (step == "stage") throw Error(ErrorKind::remote, "the copy broke off");
  }

  int failures = 0;  ///< of the Jobs that fill next

  static inline std::unique_ptr<GitServer> git;
  GitopsPlan repository;
  FakeArgo argo{files,
                {[this](const auto& commit) {
                   return carried_out(Action::fill, TargetContent::snapshot, commit);
                 },
                 [this](const auto& commit) {
                   return carried_out(Action::drop, TargetContent::seed, commit);
                 },
                 [this] { return carried_out(Action::drop, TargetContent::nothing, ""); }},
                [this] { return clock.now(); }};
};

TEST_F(GitopsLife, HasInTheRepositoryWhatTheLabelsAskForFromLabelToClose) {
  const auto asked = synced();
  EXPECT_THAT(asked.says, testing::MatchesRegex("commit [0-9a-f]{7} asks for it"));
  EXPECT_EQ(jobs(), k_filled);
  EXPECT_EQ(beside(), Strings({"access.yaml", "jobs.yaml"}));
  EXPECT_THAT(below("access/"), Contains("atlasdatabaseuser.yaml"));
  EXPECT_EQ(holds(k_number), "none");
  argo.look();
  EXPECT_EQ(holds(k_number), "snapshot");
  synced();
  EXPECT_EQ(jobs(), k_kept) << "it has been filled";
  EXPECT_EQ(notices(k_number), Strings({"filled"}));

  push("aaaaaaa2");
  synced();
  EXPECT_EQ(jobs(), k_filled);
  argo.look();
  EXPECT_EQ(argo.runs(), 2) << "a new commit is synced";
  synced();

  host.label(k_number, "persist-db");
  synced();
  EXPECT_EQ(holds(k_number), "snapshot locked");
  EXPECT_EQ(jobs(), k_locked);
  EXPECT_EQ(beside(), Strings({"access.yaml", "jobs.yaml"}));
  const auto locked = run_of_data();
  push("aaaaaaa3");
  settle();
  EXPECT_EQ(jobs(), k_locked);

  host.unlabel(k_number, "persist-db");
  settle();
  EXPECT_EQ(jobs(), k_kept);
  EXPECT_EQ(run_of_data(), locked) << "unlocking alone changes no data";
  push("aaaaaaa4");
  settle();
  EXPECT_NE(run_of_data(), locked);

  close();
  synced();
  EXPECT_EQ(jobs(), k_kept);
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml"}));
  EXPECT_THAT(notices(k_number), Not(Contains("dropped"))) << "it is still there";
  argo.look();
  argo.finish();
  EXPECT_EQ(holds(k_number), "none");
  clock.advance(gitops::k_going);
  EXPECT_THAT(reconciled().failed, IsEmpty());
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml"})) << "it may still be going";
  EXPECT_THAT(notices(k_number), Contains("dropped"));
  clock.advance(gitops::k_going);
  EXPECT_THAT(reconciled().failed, IsEmpty());
  EXPECT_THAT(git->files(name()), ElementsAre("README.md"));
  argo.look();
  EXPECT_FALSE(argo.has_access() || argo.has_jobs());
  const auto commits = git->commits(name());
  reconciled();
  synced();
  EXPECT_EQ(git->commits(name()), commits);
  EXPECT_EQ(notices(k_number),
            Strings({"filled", "filled", "locked", "unlocked", "filled", "dropped"}));
}

TEST_F(GitopsLife, MakesNoCommitWhereNothingIsToChange) {
  synced();
  const auto commits = git->commits(name());
  EXPECT_EQ(synced().says, "nothing to change");
  argo.look();
  synced();
  EXPECT_EQ(git->commits(name()), commits + 1) << "the Job goes that has filled it";
  synced();
  reconciled();
  EXPECT_EQ(git->commits(name()), commits + 1);
}

TEST_F(GitopsLife, FillsAgainWhenSomebodyAsksForTheSameCommit) {
  settle();
  const auto first = run_of_data();
  clock.advance(std::chrono::minutes(5));
  synced(preview::Trigger::person);
  EXPECT_EQ(jobs(), k_filled);
  clock.advance(std::chrono::minutes(1));
  synced();
  EXPECT_EQ(jobs(), k_filled) << "the cluster has not done it yet";
  argo.look();
  EXPECT_NE(run_of_data(), first);
  synced();
  EXPECT_EQ(jobs(), k_kept);
  EXPECT_EQ(notices(k_number), Strings({"filled", "filled"}));
  const auto commits = git->commits(name());
  push("aaaaaaa2");
  synced();
  synced();
  EXPECT_EQ(git->commits(name()), commits + 1);
}

TEST_F(GitopsLife, AsksAgainForWhatIsNotDone) {
  synced();
  const auto commits = git->commits(name());
  clock.advance(gitops::k_asked_again - std::chrono::minutes(1));
  synced();
  EXPECT_EQ(git->commits(name()), commits);
  clock.advance(std::chrono::minutes(1));
  reconciled();
  EXPECT_EQ(git->commits(name()), commits + 1);
  clock.advance(gitops::k_asked_again);
  reconciled();
  EXPECT_EQ(git->commits(name()), commits + 1) << "with growing pauses";
  clock.advance(gitops::k_asked_again);
  reconciled();
  EXPECT_EQ(git->commits(name()), commits + 2);
  argo.look();
  EXPECT_EQ(holds(k_number), "snapshot");
  synced();
  EXPECT_EQ(jobs(), k_kept);
}

TEST_F(GitopsLife, TellsOfALockThatComesBeforeWhatWasAskedForIsDone) {
  settle();
  push("aaaaaaa2");
  synced();
  EXPECT_EQ(jobs(), k_filled);
  host.label(k_number, "persist-db");
  synced();
  EXPECT_EQ(jobs(), k_locked);
  EXPECT_EQ(notices(k_number), Strings({"filled", "locked"}));
}

TEST_F(GitopsLife, MakesNoFolderForALockAlone) {
  host.open(k_number, {"persist-db"});
  synced();
  close();
  synced();
  EXPECT_EQ(git->commits(name()), 1);
}

TEST_F(GitopsLife, FillsALockedPreviewOnce) {
  host.label(k_number, "persist-db");
  synced();
  EXPECT_EQ(jobs(), Strings({"intent.yaml", "restore.yaml"}));
  argo.look();
  synced();
  EXPECT_EQ(holds(k_number), "snapshot locked");
  EXPECT_EQ(jobs(), k_locked);
}

TEST_F(GitopsLife, EmptiesADatabaseForTheApplicationToSeed) {
  settle();
  host.unlabel(k_number, "use-snapshot");
  synced();
  EXPECT_EQ(jobs(), k_reset);
  argo.look();
  EXPECT_EQ(holds(k_number), "seed");
  synced();
  EXPECT_EQ(jobs(), k_kept);
}

TEST_F(GitopsLife, KeepsALockedDatabaseOfAClosedPullRequestUntilItIsUnlocked) {
  settle();
  host.label(k_number, "persist-db");
  synced();
  close();
  settle();
  EXPECT_EQ(beside(), Strings({"access.yaml", "jobs.yaml"}));
  EXPECT_EQ(jobs(), k_locked);
  EXPECT_EQ(holds(k_number), "snapshot locked");
  host.unlabel(k_number, "persist-db");
  synced();
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml", "jobs.yaml"}))
      << "its Application has to see the cleanup Job before it goes";
  EXPECT_EQ(jobs(), k_kept);
  argo.look();
  synced();
  EXPECT_TRUE(argo.has_jobs());
  clock.advance(gitops::k_compared);
  synced();
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml"}));
  argo.look();
  argo.finish();
  EXPECT_EQ(holds(k_number), "none");
}

TEST_F(GitopsLife, FillsAnewWhatIsReopenedWhileItGoes) {
  settle();
  close();
  synced();
  argo.look();
  host.change(k_number, [](PullRequest& pull) { pull.state = PullState::open; });
  synced();
  EXPECT_EQ(beside(), Strings({"access.yaml", "jobs.yaml"}));
  argo.look();
  argo.finish();
  EXPECT_EQ(holds(k_number), "none");
  settle();
  EXPECT_EQ(holds(k_number), "snapshot");
  EXPECT_TRUE(argo.has_jobs());
}

TEST_F(GitopsLife, SavesWhatIsLockedWhileItGoes) {
  settle();
  close();
  synced();
  argo.look();
  host.label(k_number, "persist-db");
  synced();
  argo.finish();
  EXPECT_EQ(holds(k_number), "snapshot locked");
  settle();
  EXPECT_EQ(jobs(), k_locked);
  EXPECT_EQ(beside(), Strings({"access.yaml", "jobs.yaml"}));
  EXPECT_EQ(holds(k_number), "snapshot locked");
}

TEST_F(GitopsLife, LocksTheDatabaseThoughTheRepositoryCannotBeWritten) {
  synced();
  argo.look();
  const auto data = run_of_data();
  repository.token = Secret("wrong-token-77a1");
  host.label(k_number, "persist-db");
  const auto error = error_of([&] { synced(); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message() + error.hint(), Not(testing::HasSubstr("wrong-token-77a1")));
  EXPECT_EQ(holds(k_number), "snapshot locked");
  EXPECT_EQ(jobs(), k_filled) << "the repository knows nothing of it yet";
  argo.sync_by_hand();
  EXPECT_EQ(run_of_data(), data) << "a Job that still runs is refused";
  close();
  repository.token = Secret(GitServer::k_token);
  synced();
  EXPECT_EQ(jobs(), k_locked);
}

TEST_F(GitopsLife, KeepsTheFolderAsLongAsTheDatabaseIsThere) {
  settle();
  close();
  synced();
  argo.look();
  argo.finish(FakeArgo::Hook::skipped);
  clock.advance(gitops::k_asked_again - std::chrono::minutes(1));
  reconciled();
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml"}));
  EXPECT_EQ(holds(k_number), "snapshot");
  preview::SweepPlan how{.grace = {}, .apply = preview::Apply::yes};
  sweep(how);
  EXPECT_EQ(holds(k_number), "none");
  reconciled();
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml"})) << "a hook may be failing still";
  clock.advance(gitops::k_going);
  reconciled();
  EXPECT_THAT(git->files(name()), ElementsAre("README.md"));
}

TEST_F(GitopsLife, IsFilledByTheFirstRetryOfAFailedJob) {
  failures = 1;
  synced();
  argo.look();
  EXPECT_EQ(holds(k_number), "none");
  argo.look();
  EXPECT_EQ(holds(k_number), "snapshot") << "the old result of the failed Job counted again";
  EXPECT_EQ(argo.runs(), 2);
}

TEST_F(GitopsLife, TellsOnceWhyAJobHasFailed) {
  settle();
  push("aaaaaaa2");
  synced();
  failures = 2;
  argo.look();
  EXPECT_EQ(server.find("syrf_pr_42")->latest->last_failure->commit, "aaaaaaa2");
  synced();
  const Strings failed{"filled", "failed: the copy broke off"};
  EXPECT_EQ(notices(k_number), failed);
  EXPECT_THAT(sticky(k_number), testing::HasSubstr("failed"));
  argo.look();
  reconciled();
  EXPECT_EQ(notices(k_number), failed) << "the same, again";
  argo.look();
  synced();
  EXPECT_EQ(notices(k_number), Strings({"filled", "failed: the copy broke off", "filled"}));
  EXPECT_FALSE(server.find("syrf_pr_42")->latest->last_failure);
}

TEST_F(GitopsLife, TellsThatTheDatabaseIsGoneThoughItsLastFillFailed) {
  settle();
  push("aaaaaaa2");
  synced();
  failures = 1;
  argo.look();
  synced();
  close();
  synced();
  argo.look();
  argo.finish();
  reconciled();
  EXPECT_EQ(notices(k_number), Strings({"filled", "failed: the copy broke off", "dropped"}));
}

TEST_F(GitopsLife, SaysNothingOfAFailureOfAnOlderCommit) {
  settle();
  push("aaaaaaa2");
  synced();
  failures = 1;
  argo.look();
  push("aaaaaaa3");
  synced();
  EXPECT_EQ(notices(k_number), Strings({"filled"}));
}

TEST_F(GitopsLife, SaysThatNothingCameOfItWhereNoJobCouldSayWhy) {
  synced();
  EXPECT_THAT(notices(k_number), IsEmpty());
  for (int look = 0; look < 3; ++look) {
    clock.advance(gitops::k_asked_again);
    reconciled();
  }
  EXPECT_THAT(notices(k_number), ElementsAre(testing::HasSubstr("asked for it 2 times")));
  argo.look();
  synced();
  EXPECT_THAT(notices(k_number), Contains("filled"));
}

TEST_F(GitopsLife, DropsTheDatabaseThoughTheApplicationDoesNotWaitForItsCleanup) {
  settle();
  close();
  synced();
  argo.look();
  argo.finish(FakeArgo::Hook::overtaken);
  EXPECT_EQ(holds(k_number), "none");
}

TEST_F(GitopsLife, DropsWhatIsClosedAgainWhenTheFirstCleanupJobIsGone) {
  settle();
  close();
  synced();
  argo.look();
  argo.finish(FakeArgo::Hook::overtaken);
  host.change(k_number, [](PullRequest& pull) { pull.state = PullState::open; });
  settle();
  EXPECT_EQ(holds(k_number), "snapshot");
  clock.advance(std::chrono::minutes(5));
  close();
  synced();
  argo.look();
  argo.finish();
  EXPECT_EQ(holds(k_number), "none");
}

TEST_F(GitopsLife, BringsTheCleanupBackUntilTheDatabaseIsGone) {
  settle();
  close();
  synced();
  argo.look();
  argo.finish(FakeArgo::Hook::skipped);
  clock.advance(gitops::k_asked_again);
  reconciled();
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml", "jobs.yaml"}));
  EXPECT_EQ(jobs(), k_kept);
  argo.look();
  EXPECT_TRUE(argo.has_jobs());
  reconciled();
  EXPECT_THAT(beside(), Contains("jobs.yaml")) << "its Application has to see the cleanup Job";
  clock.advance(gitops::k_compared);
  reconciled();
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml"}));
  EXPECT_THAT(notices(k_number), Contains(testing::HasSubstr("asked for it 2 times")));
  EXPECT_THAT(notices(k_number), Not(Contains("dropped")));
  argo.look();
  argo.finish();
  EXPECT_EQ(holds(k_number), "none");
  reconciled();
  EXPECT_THAT(notices(k_number), Contains("dropped"));
}

TEST_F(GitopsLife, EndsWhatWasClosedBeforeItWasFilled) {
  synced();
  close();
  EXPECT_THAT(reconciled().failed, IsEmpty());
  EXPECT_EQ(beside(), Strings({"access.yaml", "ended.yaml"}));
  argo.look();
  EXPECT_EQ(argo.runs(), 0);
  clock.advance(gitops::k_going);
  reconciled();
  EXPECT_THAT(git->files(name()), ElementsAre("README.md"));
}

TEST_F(GitopsLife, HasNothingOfAPullRequestThatWantsNoPreview) {
  host.open(k_number, {"use-snapshot"});
  synced();
  reconciled();
  EXPECT_EQ(git->commits(name()), 1);
}

TEST_F(GitopsLife, GoesOnWithoutTheRepositoryWhereTheDatabasesSayEnough) {
  settle();
  host.change(k_number, [&](PullRequest& pull) { pull.updated_at = clock.now(); });
  clock.advance(std::chrono::hours(48));
  repository.token = Secret("wrong-token-77a1");
  const auto looked = reconciled();
  EXPECT_THAT(looked.failed, IsEmpty());
  EXPECT_EQ(looked.settled, 1);
}

TEST_F(GitopsLife, LandsBesideAnotherWriter) {
  const auto config = config::sample::load(k_configuration);
  std::jthread other([&] {
    RealClock real;
    WitnessedRun witnessed(real);
    const Commits theirs(repository, "syrf", gitops::manifests(config.render_plan("syrf")));
    for (const auto* each : {"7", "8", "9"}) {
      const PullRequest pull{
          .number = *PullNumber::parse(each), .commit = "abcdef1", .labels = {"preview"}};
      theirs.commit(witnessed.run, pull, {}, {"reset", {}});
    }
  });
  for (const auto* commit : {"1111111", "2222222", "3333333"}) {
    push(commit);
    synced();
  }
  other.join();
  EXPECT_EQ(jobs(), k_filled);
  for (const auto* each : {"7", "8", "9"}) {
    EXPECT_THAT(git->files(name()),
                Contains(fmt::format("previews/pr-{}/syrf/jobs/reset.yaml", each)));
  }
  EXPECT_EQ(git->commits(name()), 7);
}

}  // namespace
}  // namespace tidegate::test
