// A pull request's life, as A4 and A5 of the specification tell it: the program as built, a
// database server, and a code host that refuses what GitHub's own description does not allow.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "gitops/applications.hpp"
#include "support/git_server.hpp"
#include "support/loopback.hpp"
#include "support/pull_program.hpp"

namespace tidegate::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using Strings = std::vector<std::string>;

class PullLife : public PullProgram {};

TEST_F(PullLife, IsWhatTheTablesSayFromTheFirstLabelToTheLast) {
  label("preview");
  sync();
  EXPECT_EQ(holds(), "none") << "the application seeds an empty place";
  EXPECT_THAT(status(), AllOf(HasSubstr(database()), HasSubstr("none"), HasSubstr("use-snapshot")));
  flow_->expect(0, {"snapshot"});

  label("use-snapshot");
  sync();
  EXPECT_EQ(holds(), "snapshot");
  EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(database())),
            Strings());
  EXPECT_THAT(news(), Contains(ContainsRegex("20[0-9-]+ [0-9:]+ UTC")));
  const auto shown = status();
  for (const auto& part :
       {fmt::format("pr-{}", number_), database(), flow_->production(), flow_->snapshot(),
        fmt::format("https://pr-{}.syrf.org.uk", number_),
        fmt::format("https://api.pr-{}.syrf.org.uk", number_), std::string("persist-db")}) {
    EXPECT_THAT(shown, HasSubstr(part));
  }
  EXPECT_THAT(shown, ContainsRegex("20[0-9-]+ [0-9:]+ UTC"));
  const auto commit = flow_->metadata(database()).at("pullRequest").at("commit").get<std::string>();
  EXPECT_THAT(shown, HasSubstr(commit.substr(0, 7)));
  sync();
  EXPECT_EQ(news().size(), 0U) << "nothing is said twice";

  work_in_it();
  label("persist-db");
  sync();
  EXPECT_TRUE(is_locked());
  EXPECT_THAT(news(), Contains(HasSubstr("persist-db")));
  unlabel("use-snapshot");
  sync({"--now"});
  EXPECT_THAT(labels(), testing::ElementsAre("persist-db", "preview", "use-snapshot"));
  EXPECT_THAT(news(), Contains(HasSubstr("persist-db")));
  EXPECT_FALSE(is_touched());

  unlabel("persist-db");
  sync();
  EXPECT_FALSE(is_locked());
  EXPECT_FALSE(is_touched()) << "unlocking alone does nothing";
  EXPECT_EQ(news().size(), 1U);
  sync({"--now"});
  EXPECT_TRUE(is_touched());
  news();

  unlabel("use-snapshot");
  sync();
  EXPECT_EQ(holds(), "seed");
  EXPECT_THAT(news(), Contains(HasSubstr("seed")));
  work_in_it();
  label("persist-db");
  sync();
  news();
  label("use-snapshot");
  sync();
  EXPECT_THAT(labels(), testing::ElementsAre("persist-db", "preview"));
  EXPECT_EQ(news().size(), 1U);
  EXPECT_FALSE(is_touched());

  github_->close(*PullNumber::parse(std::to_string(number_)));
  sync();
  EXPECT_FALSE(is_touched());
  EXPECT_THAT(news(), Contains(AllOf(HasSubstr("persist-db"), ContainsRegex("[Nn][Oo][Tt]"))));
  unlabel("persist-db");
  sync();
  EXPECT_EQ(holds(), "none");
  EXPECT_EQ(news().size(), 1U);
}

TEST_F(PullLife, ThatBeginsWithBothLabelsIsFilledOnceAndLocked) {
  flow_->expect(0, {"snapshot"});
  for (const auto* name : {"preview", "use-snapshot", "persist-db"}) label(name);
  sync();
  EXPECT_EQ(holds(), "snapshot");
  EXPECT_TRUE(is_locked());
  work_in_it();
  sync({"--now"});
  EXPECT_FALSE(is_touched());
  flow_->expect(5, {"drop", fmt::format("pr-{}", number_), "--yes"}, environment_);
}

TEST_F(PullLife, ALockThatNobodyHasNotedYetHoldsForEveryCommand) {
  flow_->expect(0, {"snapshot"});
  label("preview");
  label("use-snapshot");
  sync();
  work_in_it();
  label("persist-db");
  const auto target = fmt::format("pr-{}", number_);
  EXPECT_FALSE(is_locked());
  for (const auto& arguments : {Strings{"drop", target, "--yes"}, Strings{"restore", target}}) {
    EXPECT_THAT(flow_->expect(5, arguments, environment_).err, HasSubstr("persist-db"));
    EXPECT_FALSE(is_touched());
  }
  auto without = environment_;
  without["HOST_TOKEN"] = "";  // as a Job in a cluster, which has none: the metadata alone says
  flow_->expect(0, {"drop", target, "--yes"}, without);
  EXPECT_EQ(holds(), "none");
}

TEST_F(PullLife, EndsWithItsDatabaseWhenItIsMerged) {
  flow_->expect(0, {"snapshot"});
  label("preview");
  label("use-snapshot");
  sync();
  news();
  github_->merge(*PullNumber::parse(std::to_string(number_)));
  sync();
  EXPECT_EQ(holds(), "none");
  EXPECT_EQ(news().size(), 1U);
}

TEST_F(PullLife, WithoutTheCodeHostNothingIsDestroyed) {
  flow_->expect(0, {"snapshot"});
  label("preview");
  label("use-snapshot");
  sync();
  work_in_it();
  github_->close(*PullNumber::parse(std::to_string(number_)));
  auto away = environment_;
  away["TIDEGATE_GITHUB_API_URL"] = fmt::format("http://127.0.0.1:{}", free_port());
  const auto outcome =
      flow_->tidegate({"pr", "sync", std::to_string(number_), "--timeout", "5s"}, away);
  EXPECT_THAT(outcome.exit_code, testing::AnyOf(8, 12)) << outcome;
  EXPECT_EQ((outcome.out + outcome.err).find(environment_.at("HOST_TOKEN")), std::string::npos);
  EXPECT_FALSE(is_touched());
}

/// Commits that the preview of this folder ended in another year.
void end_long_ago(const GitServer& git, const std::string& folder) {
  const ScratchDirectory scratch("ended");
  const auto file = scratch.path() / "ended.yaml";
  std::ofstream(file) << gitops::end_text({{}, SystemTime{}});
  const auto id = git.git("cluster", {"hash-object", "-w", file.string()});
  git.git("cluster", {"read-tree", "main"});
  git.git("cluster", {"update-index", "--cacheinfo", "100644," + id + "," + folder + "ended.yaml"});
  const auto tree = git.git("cluster", {"write-tree"});
  const auto commit = git.git("cluster", {"commit-tree", "-p", "main", "-m", "long ago", tree});
  git.git("cluster", {"update-ref", "refs/heads/main", commit});
}

TEST_F(PullLife, ThroughARepositoryIsCommittedAndToldOnceItIsThere) {
  GitServer git;
  const auto plan = git.repository("cluster", {{"README.md", "hello"}});
  flow_->set_config(flow_->config() + "gitops:\n  repository: " + plan.repository +
                    "\n  token: ${GIT_TOKEN}\nrender:\n  previews: {host: db.example.net}\n");
  environment_["GIT_TOKEN"] = GitServer::k_token;
  flow_->expect(0, {"snapshot"});
  label("preview");
  label("use-snapshot");
  EXPECT_THAT(sync().dump(), HasSubstr("asks for it"));
  EXPECT_EQ(holds(), "none");
  EXPECT_EQ(news().size(), 0U);
  const auto folder = fmt::format("previews/pr-{}/syrf/", number_);
  EXPECT_THAT(git.files("cluster"), Contains(AllOf(HasSubstr(folder), HasSubstr("restore"))));
  for (const auto& path : git.files("cluster")) {
    EXPECT_EQ(git.file("cluster", path).find(GitServer::k_token), std::string::npos) << path;
  }

  // As the Job in the cluster does.
  const auto commit = Json::parse(
      flow_->expect(0, {"gitops", "commit", std::to_string(number_), "--json"}, environment_).out);
  EXPECT_FALSE(commit.at("databases").at(0).at("changed")) << "labels as the code host has them";
  const auto head = github_->ask("GET", fmt::format("/pulls/{}", number_)).at("head").at("sha");
  flow_->expect(0, {"restore", fmt::format("pr-{}", number_), "--commit", head.get<std::string>()},
                environment_);
  sync();
  EXPECT_EQ(news().size(), 1U);
  EXPECT_THAT(git.files("cluster"), Not(Contains(HasSubstr("restore"))));

  label("persist-db");
  sync();
  EXPECT_TRUE(is_locked());
  EXPECT_THAT(git.files("cluster"), Not(Contains(HasSubstr("cleanup"))));
  unlabel("persist-db");
  sync();
  EXPECT_THAT(git.files("cluster"), Contains(HasSubstr("cleanup")));
  github_->close(*PullNumber::parse(std::to_string(number_)));
  sync();
  EXPECT_THAT(git.files("cluster"), Contains(folder + "jobs/cleanup.yaml"));
  EXPECT_THAT(git.files("cluster"), Contains(folder + "ended.yaml"));
  EXPECT_THAT(git.files("cluster"), Not(Contains(folder + "jobs.yaml")));
  EXPECT_EQ(holds(), "snapshot") << "the cluster drops it";
  news();
  sync();
  EXPECT_EQ(news().size(), 0U) << "its end is told once";
  flow_->expect(0, {"sweep", fmt::format("pr-{}", number_), "--apply"}, environment_);
  EXPECT_EQ(holds(), "none") << "sweep does not depend on the cluster";
  sync();
  EXPECT_THAT(git.files("cluster"), Contains(folder + "ended.yaml"))
      << "its Applications are going";
  end_long_ago(git, folder);
  sync();
  EXPECT_THAT(git.files("cluster"), testing::ElementsAre("README.md"));
}

}  // namespace
}  // namespace tidegate::test
