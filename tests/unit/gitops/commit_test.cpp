#include "gitops/commit.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gitops/applications.hpp"
#include "support/fake_world.hpp"

namespace tidegate::gitops {
namespace {

using test::error_of;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Not;

const PullNumber k_pull = *PullNumber::parse("42");

TEST(CommitMessage, SaysWhatIsDoneForWhomAndWhy) {
  EXPECT_EQ(commit_message("", {k_pull, "fill", "4be1c02aaaa", "its label came"}),
            "fill pr-42 at 4be1c02\n\nits label came");
  EXPECT_EQ(commit_message("", {k_pull, "remove"}), "remove pr-42");
}

TEST(CommitMessage, IsWordedAsConfigured) {
  EXPECT_EQ(commit_message("preview({{number}}): {{ action }} {{commit}}, {{reason}}",
                           {k_pull, "fill", "4be1c02", "{{number}}"}),
            "preview(42): fill 4be1c02, {{number}}");
}

TEST(CommitMessage, NamesNothingThatIsNotThere) {
  const auto unknown = error_of([] { commit_message("{{title}}", {k_pull}); });
  EXPECT_EQ(unknown.kind(), ErrorKind::config);
  EXPECT_EQ(unknown.message(), "'gitops.message' has no value 'title'");
  EXPECT_EQ(error_of([] { commit_message("a {{number", {k_pull}); }).message(),
            "'gitops.message' has a '{{' without its '}}'");
}

/// A commit that would have been written.
struct Change {
  std::string folder, message;
  Files files;
};

/// A repository in memory.
class FakeRepository final : public Repository {
 public:
  FakeRepository() : Repository({.repository = "https://git.example.net/a.git"}) {}

  CommitResult replace(tidegate::Run&, const std::string& folder, const DesiredFiles& wish,
                       const std::string& message) override {
    const auto wanted = wish(folders[folder]);
    if (!wanted || *wanted == folders[folder]) return {};
    folders[folder] = *wanted;
    changes.push_back({folder, message, *wanted});
    return {.changed = true, .commit = "0123456789"};
  }
  std::vector<std::string> paths(tidegate::Run&, const std::string& folder) override {
    std::vector<std::string> found = others;
    for (const auto& [name, files] : folders) {
      for (const auto& [path, text] : files) found.push_back(name + "/" + path);
    }
    std::erase_if(found, [&](const auto& path) { return !path.starts_with(folder); });
    return found;
  }

  std::map<std::string, Files> folders;
  std::vector<std::string> others;
  std::vector<Change> changes;
};

std::string ours(std::string_view text) { return fmt::format("{} …\n{}\n", k_mark, text); }

class CommitsTest : public test::FakeWorld {
 protected:
  Commits commits(Files rendered, GitopsPlan configured = {}) {
    return {std::move(configured), "syrf",
            [rendered](const PullRequest& pull, Data, const std::optional<FillRequest>&) {
              const bool open = pull.state == PullState::open;
              return Deployment{rendered, !open, open};
            },
            repository};
  }
  CommitResult end(RemainingData remains) {
    const PullRequest closed{.number = k_pull, .state = PullState::closed};
    return commits({{"access.yaml", ours("a")}, {"jobs/cleanup.yaml", ours("c")}})
        .end(start(), closed, remains, {"end", {}});
  }
  Files& folder() { return repository->folders["previews/pr-42/syrf"]; }
  std::vector<Change>& changes() { return repository->changes; }

  std::shared_ptr<FakeRepository> repository = std::make_shared<FakeRepository>();
};

TEST_F(CommitsTest, PutsAPullRequestsFilesIntoItsOwnFolderOfItsDatabase) {
  commits({{"jobs/a.yaml", ours("a")}})
      .commit(start(), {.number = k_pull}, {Data::left}, {"lock", {}});
  ASSERT_EQ(changes().size(), 1U);
  EXPECT_EQ(changes()[0].folder, "previews/pr-42/syrf");
  EXPECT_EQ(changes()[0].message, "lock pr-42");
  EXPECT_THAT(changes()[0].files, ElementsAre(Key("jobs/a.yaml")));
}

TEST_F(CommitsTest, RemovesAllAtOnceWhenToldTo) {
  folder() = {{"a.yaml", ours("a")}};
  commits({}).remove(start(), k_pull, {"remove", {}});
  ASSERT_EQ(changes().size(), 1U);
  EXPECT_TRUE(changes()[0].files.empty());
}

TEST_F(CommitsTest, EndsAPreviewInSteps) {
  folder() = {{"access.yaml", ours("a")},
              {"jobs.yaml", ours("j")},
              {"jobs/cleanup.yaml", ours("c")},
              {"jobs/intent.yaml", ours("i")}};
  EXPECT_TRUE(end(RemainingData::database).changed);
  EXPECT_THAT(folder(),
              ElementsAre(Key("access.yaml"), Key("ended.yaml"), Key("jobs/cleanup.yaml")));
  clock.advance(k_asked_again - std::chrono::minutes(1));
  EXPECT_FALSE(end(RemainingData::database).changed) << "it is remembered when that was";
  EXPECT_TRUE(end(RemainingData::nothing).changed);
  EXPECT_FALSE(folder().empty()) << "its Applications may still be going";
  clock.advance(k_going - std::chrono::minutes(1));
  EXPECT_FALSE(end(RemainingData::nothing).changed);
  EXPECT_TRUE(end(RemainingData::database).changed) << "it is there again";
  EXPECT_TRUE(end(RemainingData::nothing).changed);
  clock.advance(k_going);
  EXPECT_TRUE(end(RemainingData::nothing).changed);
  EXPECT_TRUE(folder().empty());
}

TEST_F(CommitsTest, ShowsACleanupJobBeforeTheApplicationThatRunsItGoes) {
  folder() = {{"access.yaml", ours("a")}, {"jobs.yaml", ours("j")}};
  EXPECT_TRUE(end(RemainingData::database).changed);
  EXPECT_THAT(folder(), ElementsAre(Key("access.yaml"), Key("ended.yaml"), Key("jobs.yaml"),
                                    Key("jobs/cleanup.yaml")));
  clock.advance(k_compared - std::chrono::minutes(1));
  EXPECT_FALSE(end(RemainingData::database).changed);
  clock.advance(std::chrono::minutes(1));
  EXPECT_TRUE(end(RemainingData::database).changed);
  EXPECT_THAT(folder(), Not(Contains(Key("jobs.yaml"))));
}

TEST_F(CommitsTest, AsksForTheCleanupAgainWithGrowingPauses) {
  folder() = {
      {"access.yaml", ours("a")}, {"jobs.yaml", ours("a")}, {"jobs/cleanup.yaml", ours("c")}};
  EXPECT_EQ(end(RemainingData::database).attempt, 1);
  auto asked = clock.now();
  for (const int attempt : {2, 3, 4}) {
    const auto pause = k_asked_again * (1 << (attempt - 2));
    clock.advance(asked + pause - clock.now() - std::chrono::minutes(1));
    EXPECT_FALSE(end(RemainingData::database).changed);
    clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(end(RemainingData::database).attempt, attempt);
    asked = clock.now();
    EXPECT_EQ(folder()["jobs.yaml"], ours("a")) << "as it was before";
    clock.advance(k_compared);
    EXPECT_TRUE(end(RemainingData::database).changed);
    EXPECT_THAT(folder(), Not(Contains(Key("jobs.yaml"))));
  }
}

TEST_F(CommitsTest, WaitsForNothingWhenTheClockWasPutBack) {
  const auto later = clock.now() + std::chrono::hours(50);
  folder() = {{"access.yaml", ours("a")}, {"ended.yaml", end_text({later, later})}};
  EXPECT_TRUE(end(RemainingData::nothing).changed);
  EXPECT_TRUE(folder().empty());
}

TEST_F(CommitsTest, MakesNoFolderForAPreviewThatIsOver) {
  const PullRequest closed{.number = k_pull, .state = PullState::closed};
  commits({{"access.yaml", ours("a")}}).commit(start(), closed, {}, {"commit", {}});
  EXPECT_FALSE(end(RemainingData::nothing).changed);
  EXPECT_TRUE(changes().empty());
}

TEST_F(CommitsTest, BeginsAnewWhatHadEnded) {
  folder() = {{"access.yaml", ours("a")}, {"ended.yaml", end_text({clock.now()})}};
  commits({{"access.yaml", ours("a")}, {"jobs.yaml", ours("j")}})
      .commit(start(), {.number = k_pull}, {}, {"fill", {}});
  EXPECT_THAT(folder(), ElementsAre(Key("access.yaml"), Key("jobs.yaml")));
}

TEST_F(CommitsTest, KnowsWhoHasAFolder) {
  folder() = {{"access.yaml", ours("a")}};
  repository->others = {"previews/pr-7/syrf/access.yaml",       "previews/pr-8/other/access.yaml",
                        "previews/pr-9/syrf/values.yaml",       "previews/pr-x/syrf/access.yaml",
                        "previews/pr-007/syrf/access.yaml",     "previews/pr-11/syrf/access/a.yaml",
                        "elsewhere/previews/pr-12/access.yaml", "previews/pr-/syrf/access.yaml"};
  EXPECT_THAT(commits({}).standing(start()),
              ElementsAre(*PullNumber::parse("7"), *PullNumber::parse("42")));
  GitopsPlan above;
  above.folder = "{number}";
  repository->others = {"7/syrf/access.yaml", "previews/8/syrf/access.yaml"};
  EXPECT_THAT(commits({}, above).standing(start()), ElementsAre(*PullNumber::parse("7")));
}

TEST_F(CommitsTest, WritesNothingThatItWouldNotKnowAgain) {
  const auto one = commits({{"a.yaml", "kind: Job\n"}});
  EXPECT_EQ(error_of([&] { one.commit(start(), {.number = k_pull}, {}, {}); }).kind(),
            ErrorKind::internal);
  EXPECT_TRUE(changes().empty());
}

TEST_F(CommitsTest, WantAFolderForEachPullRequestBeforeAnythingIsDone) {
  GitopsPlan shared;
  shared.folder = "previews";
  const auto error = error_of([&] { commits({}, shared); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message(), "'gitops.folder' is 'previews', without {number} in it");
  GitopsPlan worded;
  worded.message = "{{title}}";
  EXPECT_THAT(error_of([&] { commits({}, worded); }).message(), HasSubstr("'title'"));
}

}  // namespace
}  // namespace tidegate::gitops
