#include "gitops/commit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::gitops {
namespace {

using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

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

/// What would have been written.
struct Wish {
  std::string folder, message;
  Files files;
};

class CommitsTest : public test::FakeWorld {
 protected:
  Commits commits(Files rendered, GitopsPlan configured = {}) {
    const auto replace = [this](tidegate::Run&, const std::string& folder, const Files& files,
                                const std::string& message) {
      wishes.push_back({folder, message, files});
      return Written{.changed = true, .commit = "0123456789"};
    };
    return {std::move(configured), "syrf",
            [rendered](const PullRequest&, Data) { return rendered; }, replace};
  }
  std::vector<Wish> wishes;
};

TEST_F(CommitsTest, PutsAPullRequestsFilesIntoItsOwnFolderOfItsDatabase) {
  const auto file = std::string(k_mark) + " …\n";
  commits({{"jobs/a.yaml", file}}).commit(start(), {.number = k_pull}, Data::left, {"lock", {}});
  ASSERT_EQ(wishes.size(), 1U);
  EXPECT_EQ(wishes[0].folder, "previews/pr-42/syrf");
  EXPECT_EQ(wishes[0].message, "lock pr-42");
  EXPECT_THAT(wishes[0].files, ElementsAre(Key("jobs/a.yaml")));
}

TEST_F(CommitsTest, RemovesByWishingForNoFiles) {
  commits({{"a.yaml", std::string(k_mark)}}).remove(start(), k_pull, {"remove", {}});
  ASSERT_EQ(wishes.size(), 1U);
  EXPECT_TRUE(wishes[0].files.empty());
}

TEST_F(CommitsTest, WritesNothingThatItWouldNotKnowAgain) {
  const auto one = commits({{"a.yaml", "kind: Job\n"}});
  EXPECT_EQ(error_of([&] { one.commit(start(), {.number = k_pull}, Data::left, {}); }).kind(),
            ErrorKind::internal);
  EXPECT_TRUE(wishes.empty());
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
