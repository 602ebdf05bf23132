// Commits to a GitOps repository out of the image, which has no shell: with its own git, as its own
// user, on a read-only root.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/git_server.hpp"
#include "support/image.hpp"

namespace tidegate::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class GitopsInImage : public testing::TestWithParam<const char*> {
 protected:
  Outcome commit(const Image& image, const GitopsPlan& plan, const std::string& token) {
    std::ofstream(directory_.path() / "tidegate.yaml")
        << "databases:\n"
           "  app:\n"
           "    engine: mongodb\n"
           "    production: {uri: '${PROD}', database: app}\n"
           "    snapshot: {database: app_snapshot}\n"
           "    previews: {database: 'app_pr_{number}', uri: '${PREVIEW}'}\n"
           "render: {previews: {host: db.example.net}}\n"
        << fmt::format("gitops: {{repository: '{}', token: '${{GITOPS_TOKEN}}'}}\n",
                       plan.repository);
    std::filesystem::permissions(directory_.path(), std::filesystem::perms::others_all,
                                 std::filesystem::perm_options::add);
    Container container(image, {{"GITOPS_TOKEN", token}},
                        {directory_.path().string() + ":/etc/tidegate"},
                        {"gitops", "commit", "42", "--labels", "preview", "--commit", "4be1c02"});
    return container.wait();
  }
  TempDir directory_{"gitops-image"};
};

TEST_P(GitopsInImage, CommitsOverHttpWithItsToken) {
  TIDEGATE_NEEDS_IMAGE(image, GetParam());
  GitServer git;
  const auto plan = git.repository("cluster", {{"README.md", "hello"}});
  const auto done = commit(*image, plan, GitServer::k_token);
  EXPECT_EQ(done.exit_code, 0) << done;
  EXPECT_THAT(git.files("cluster"), Contains("previews/pr-42/app/jobs/reset.yaml"));
  EXPECT_EQ(git.commits("cluster"), 2);
}

TEST_P(GitopsInImage, SaysThatItsTokenIsNotTaken) {
  TIDEGATE_NEEDS_IMAGE(image, GetParam());
  GitServer git;
  const auto plan = git.repository("cluster", {{"README.md", "hello"}});
  const auto refused = commit(*image, plan, "wrong-token-5511");
  EXPECT_EQ(refused.exit_code, 9) << refused;
  EXPECT_THAT(refused.err, HasSubstr("token"));
  EXPECT_THAT(refused.out + refused.err, Not(HasSubstr("wrong-token-5511")));
}

TEST_P(GitopsInImage, SaysThatItHasNoSsh) {
  TIDEGATE_NEEDS_IMAGE(image, GetParam());
  GitopsPlan plan;
  plan.repository = "ssh://git@127.0.0.1:1/x.git";
  const auto refused = commit(*image, plan, "unused-token");
  EXPECT_EQ(refused.exit_code, 3) << refused;
  EXPECT_THAT(refused.err, HasSubstr("https and a token"));
}

INSTANTIATE_TEST_SUITE_P(Images, GitopsInImage, testing::Values("tidegate", "tidegate-mongodb"),
                         [](const auto& variant) {
                           return std::string(variant.param) == "tidegate" ? "postgresql"
                                                                           : "mongodb";
                         });

}  // namespace
}  // namespace tidegate::test
