#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample.hpp"

namespace tidegate::config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::optional<GitopsPlan> plan(const std::string& keys, Environment environment = {}) {
  return sample::load(std::string(sample::k_file) + "gitops: {" + keys + "}\n",
                      std::move(environment))
      .gitops();
}

TEST(Committing, IsNotAskedForWithoutARepository) {
  EXPECT_FALSE(sample::load().gitops());
  EXPECT_FALSE(plan("phase: pre-sync"));
}

TEST(Committing, HasDefaultsForAllButTheRepository) {
  const auto known = plan("repository: 'https://host/shop/cluster.git'");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->repository, "https://host/shop/cluster.git");
  EXPECT_EQ(known->branch, "main");
  EXPECT_EQ(known->folder, "previews/pr-{number}");
  EXPECT_EQ(known->username, "x-access-token");
  EXPECT_EQ(known->author_name, "tidegate");
  EXPECT_EQ(known->message, "");
  EXPECT_EQ(known->origin, "gitops.repository");
}

TEST(Committing, TakesTheTokenFromAVariable) {
  const auto known = plan("repository: 'https://host/a.git', token: '${GIT}', branch: live",
                          {{"GIT", "marked-token-12"}});
  EXPECT_EQ(known->token.reveal(), "marked-token-12");
  EXPECT_EQ(known->branch, "live");
}

TEST(Committing, RefusesAPasswordInTheAddressWithoutRepeatingIt) {
  const auto error =
      sample::error_of([] { plan("repository: 'https://me:marked-77@host/a.git'"); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_EQ(error.message(), "tidegate.yaml:9: gitops.repository: has a password in it");
  EXPECT_THAT(error.hint(), Not(HasSubstr("marked-77")));
}

TEST(Committing, RefusesATokenAsTheUserOfAnAddressWithoutRepeatingIt) {
  const auto error =
      sample::error_of([] { plan("repository: 'https://marked-78@github.com/o/r.git'"); });
  EXPECT_EQ(error.message(),
            "tidegate.yaml:9: gitops.repository: has a user in it, which may well be a token");
  EXPECT_THAT(error.hint(), Not(HasSubstr("marked-78")));
  EXPECT_EQ(sample::error_of([] {
              plan("repository: '${AT}'", {{"AT", "https://a@b/c.git"}});
            }).kind(),
            ErrorKind::config);
  EXPECT_TRUE(plan("repository: 'ssh://git@github.com/o/r.git'"));
  EXPECT_TRUE(plan("repository: 'git@github.com:o/r.git'"));
}

TEST(Committing, WantsAFolderForEachPullRequest) {
  const auto error =
      sample::error_of([] { plan("repository: 'https://host/a.git', folder: previews"); });
  EXPECT_EQ(error.message(), "tidegate.yaml:9: gitops.folder: 'previews' has no {number} in it");
}

}  // namespace
}  // namespace tidegate::config
