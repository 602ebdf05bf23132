#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gitops/carrier.hpp"
#include "support/fake_world.hpp"
#include "support/git_server.hpp"
#include "unit/config/sample.hpp"

namespace tidegate::test {
namespace {

using gitops::Commits;
using gitops::Data;
using preview::Action;
using preview::Holds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// What the cluster's engine would say: nothing is reached, and what is mirrored is remembered.
class Mirror final : public preview::Carrier {
 public:
  explicit Mirror(std::vector<std::string>& mirrored) : mirrored_(mirrored) {}
  std::string database(PullNumber number) const override {
    return fmt::format("app_pr_{}", number.value());
  }
  std::optional<preview::Standing> look(tidegate::Run&, PullNumber) override { return {}; }
  std::vector<preview::Standing> list(tidegate::Run&) override { return {}; }
  std::optional<Metadata> mirror(tidegate::Run&, const PullRequest&,
                                 const std::optional<LockRecord>& lock,
                                 const preview::Standing& standing) override {
    mirrored_.push_back(lock ? "locked" : "unlocked");
    auto metadata = standing.metadata;
    if (metadata) metadata->locked = lock;
    return metadata;
  }
  preview::Carried carry(tidegate::Run&, const preview::Errand&) override {
    ADD_FAILURE() << "the engine was to do it itself";
    return {};
  }

 private:
  std::vector<std::string>& mirrored_;
};

/// A pull request's life, as the repository shows it.
class GitopsLife : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = std::make_unique<GitServer>(); }
  static void TearDownTestSuite() { server.reset(); }

  void SetUp() override {
    plan = server->repository(name(), {{"README.md", "hello"}});
    pull.commit = "4be1c02aaaa";
    carrier = gitops::committing_carrier(std::make_unique<Mirror>(mirrored), commits());
  }
  static std::string name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  Commits commits() {
    const auto config = config::sample::load(std::string(config::sample::k_file) +
                                             "render:\n  previews: {host: db.example.net}\n");
    return {plan, "app", gitops::manifests(config.render_plan("app"))};
  }
  tidegate::Run run(Mode mode = Mode::real) {
    return {"r1", clock, log, progress, stop.get_token(), std::chrono::seconds{60}, mode};
  }
  preview::Carried carry(Action action, Holds afterwards, bool locked = false) {
    preview::Errand errand{.pull = pull, .decision = {}, .may_go_on = {}};
    errand.decision.action = action;
    errand.decision.afterwards = afterwards;
    errand.decision.locked = locked;
    errand.decision.reason = "the labels ask for it";
    auto one = run();
    return carrier->carry(one, errand);
  }
  void mirror(bool locked) {
    preview::Standing standing{.number = pull.number, .database = "app_pr_42"};
    standing.metadata = Metadata{};
    if (!locked) standing.metadata->locked = LockRecord{"persist-db"};
    auto one = run();
    const std::optional<LockRecord> lock =
        locked ? std::optional(LockRecord{"persist-db"}) : std::nullopt;
    carrier->mirror(one, pull, lock, standing);
  }
  /// The Jobs of pull request 42 that the repository has.
  static std::vector<std::string> jobs() { return below("previews/pr-42/app/jobs/"); }
  static std::vector<std::string> access() { return below("previews/pr-42/app/access/"); }
  static std::vector<std::string> below(const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& path : server->files(name())) {
      if (path.starts_with(folder)) found.push_back(path.substr(folder.size()));
    }
    return found;
  }

  static inline std::unique_ptr<GitServer> server;
  GitopsPlan plan;
  PullRequest pull{.number = *PullNumber::parse("42"), .labels = {"preview", "use-snapshot"}};
  std::vector<std::string> mirrored;
  std::unique_ptr<preview::Carrier> carrier;
  RealClock clock;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor, [](std::string_view) {}};
  SilentProgress progress;
  std::stop_source stop;
};

TEST_F(GitopsLife, HasInTheRepositoryWhatTheLabelsAskForFromLabelToClose) {
  const auto asked = carry(Action::fill, Holds::snapshot);
  EXPECT_FALSE(asked.done);
  EXPECT_THAT(asked.says, testing::MatchesRegex("commit [0-9a-f]{7} asks for it"));
  EXPECT_THAT(jobs(), Contains(HasSubstr("restore")));
  EXPECT_THAT(jobs(), Contains(HasSubstr("cleanup")));
  EXPECT_THAT(access(), Not(IsEmpty()));
  const auto first = server->git(name(), {"rev-parse", "main:previews/pr-42/app"});

  pull.commit = "5c00d11bbbb";
  carry(Action::fill, Holds::snapshot);
  EXPECT_NE(server->git(name(), {"rev-parse", "main:previews/pr-42/app"}), first);

  pull.labels.emplace_back("persist-db");
  mirror(true);
  EXPECT_THAT(jobs(), IsEmpty());
  EXPECT_THAT(access(), Not(IsEmpty()));

  pull.labels.pop_back();
  mirror(false);
  EXPECT_THAT(jobs(), Not(Contains(HasSubstr("restore"))));
  EXPECT_THAT(jobs(), Contains(HasSubstr("cleanup")));
  EXPECT_THAT(mirrored, testing::ElementsAre("locked", "unlocked"));

  pull.state = PullState::closed;
  carry(Action::drop, Holds::nothing);
  EXPECT_THAT(server->files(name()), testing::ElementsAre("README.md"));
  EXPECT_EQ(server->commits(name()), 6);
}

TEST_F(GitopsLife, TendsWhatAPreviewHasBesidesItsData) {
  const auto tend = [&] {
    auto one = run();
    carrier->tend(one, {.pull = pull, .decision = {}, .may_go_on = {}});
  };
  carry(Action::fill, Holds::snapshot);
  tend();
  EXPECT_THAT(jobs(), Not(Contains(HasSubstr("restore")))) << "it has been filled";
  EXPECT_THAT(jobs(), Contains(HasSubstr("cleanup")));
  EXPECT_THAT(access(), Not(IsEmpty()));
  const auto commits = server->commits(name());
  tend();
  EXPECT_EQ(server->commits(name()), commits);
  pull.state = PullState::closed;
  tend();
  EXPECT_THAT(server->files(name()), testing::ElementsAre("README.md"));
}

TEST_F(GitopsLife, MakesNoCommitWhereNothingIsToChange) {
  carry(Action::fill, Holds::snapshot);
  EXPECT_EQ(carry(Action::fill, Holds::snapshot).says, "nothing to change");
  EXPECT_EQ(server->commits(name()), 2);
}

TEST_F(GitopsLife, FillsALockedPreviewOnce) {
  pull.labels.emplace_back("persist-db");
  carry(Action::fill, Holds::snapshot, true);
  EXPECT_THAT(jobs(), Contains(HasSubstr("restore")));
  EXPECT_THAT(jobs(), Not(Contains(HasSubstr("cleanup"))));
}

TEST_F(GitopsLife, AsksForAnEmptyDatabaseWhenTheApplicationIsToSeed) {
  pull.labels = {"preview"};
  carry(Action::drop, Holds::seed);
  EXPECT_THAT(jobs(), Contains(HasSubstr("reset")));
}

TEST_F(GitopsLife, LandsBesideAnotherWriter) {
  std::jthread other([&] {
    for (const auto* number : {"7", "8", "9"}) {
      auto one = run();
      PullRequest theirs{.number = *PullNumber::parse(number), .labels = {"preview"}};
      theirs.commit = "abcdef1";
      commits().commit(one, theirs, Data::as_deployed, {"reset", {}});
    }
  });
  for (const auto* commit : {"1111111", "2222222", "3333333"}) {
    pull.commit = commit;
    carry(Action::fill, Holds::snapshot);
  }
  other.join();
  EXPECT_THAT(jobs(), Contains(HasSubstr("restore")));
  for (const auto* folder : {"previews/pr-7/", "previews/pr-8/", "previews/pr-9/"}) {
    EXPECT_THAT(below(folder), Not(IsEmpty()));
  }
  EXPECT_EQ(server->commits(name()), 7);
}

TEST_F(GitopsLife, LeavesTheLockUnmirroredWhenItCannotBeCommitted) {
  plan.token = Secret("wrong-token-77a1");
  carrier = gitops::committing_carrier(std::make_unique<Mirror>(mirrored), commits());
  pull.labels.emplace_back("persist-db");
  const auto error = error_of([&] { mirror(true); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr("wrong-token-77a1")));
  EXPECT_THAT(mirrored, IsEmpty());
}

}  // namespace
}  // namespace tidegate::test
