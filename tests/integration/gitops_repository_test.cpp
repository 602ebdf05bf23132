#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gitops/repository.hpp"
#include "support/fake_world.hpp"
#include "support/git_server.hpp"
#include "support/git_ssh_server.hpp"

namespace tidegate::test {
namespace {

using gitops::Files;
using gitops::k_mark;
using gitops::Repository;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string ours(const std::string& text) { return std::string(k_mark) + "\n" + text + "\n"; }

gitops::DesiredFiles these(Files files) {
  return [files = std::move(files)](const Files&) { return files; };
}

class GitopsRepository : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = std::make_unique<GitServer>(); }
  static void TearDownTestSuite() { server.reset(); }

  /// A repository of this test's own.
  GitopsPlan plan(const std::vector<std::pair<std::string, std::string>>& files = {
                      {"README.md", "hello"}}) {
    return server->repository(name(), files);
  }
  static std::string name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  tidegate::Run run(std::optional<std::chrono::milliseconds> limit = std::chrono::seconds{60},
                    Mode mode = Mode::real) {
    return {"r1", clock, log, progress, stop.get_token(), limit, mode};
  }
  Error failure(const GitopsPlan& plan, const Files& files = {{"a.yaml", ours("a")}}) {
    try {
      auto one = run();
      Repository(plan).replace(one, "previews/pr-1", these(files), "message");
    } catch (const Error& error) {
      EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr(GitServer::k_token)));
      return error;
    }
    ADD_FAILURE() << "it went well";
    return {ErrorKind::internal, "", ""};
  }

  static inline std::unique_ptr<GitServer> server;
  RealClock clock;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor, [](std::string_view) {}};
  SilentProgress progress;
  std::stop_source stop;
};

TEST_F(GitopsRepository, WritesWhatIsWantedInOneCommit) {
  Repository repository(plan());
  auto one = run();
  const auto written = repository.replace(
      one, "previews/pr-1", these({{"a.yaml", ours("a")}, {"deep/b.yaml", ours("ü \"b\"")}}),
      "fill pr-1");
  EXPECT_TRUE(written.changed);
  EXPECT_EQ(written.files_written, 2);
  EXPECT_THAT(server->files(name()),
              ElementsAre("README.md", "previews/pr-1/a.yaml", "previews/pr-1/deep/b.yaml"));
  EXPECT_EQ(server->file(name(), "previews/pr-1/deep/b.yaml") + "\n", ours("ü \"b\""));
  EXPECT_EQ(server->git(name(), {"log", "-1", "--format=%H %an %s", "main"}),
            written.commit + " tidegate fill pr-1");
}

TEST_F(GitopsRepository, MakesNoCommitWhenAllIsAsItShouldBe) {
  Repository repository(plan());
  auto one = run();
  repository.replace(one, "previews/pr-1", these({{"a.yaml", ours("a")}}), "fill");
  const auto again =
      repository.replace(one, "previews/pr-1", these({{"a.yaml", ours("a")}}), "fill");
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(server->commits(name()), 2);
}

TEST_F(GitopsRepository, RemovesWhatIsNoLongerWantedAndNobodyElsesFiles) {
  Repository repository(plan({{"previews/pr-1/old.yaml", ours("old")},
                              {"previews/pr-1/values.yaml", "theirs: true"},
                              {"previews/pr-11/other.yaml", ours("other")}}));
  auto one = run();
  const auto written = repository.replace(one, "previews/pr-1", these({}), "remove pr-1");
  EXPECT_EQ(written.files_removed, 1);
  EXPECT_THAT(server->files(name()),
              ElementsAre("previews/pr-1/values.yaml", "previews/pr-11/other.yaml"));
}

TEST_F(GitopsRepository, TellsWhatOfItsOwnIsThereAndLeavesItWhenNothingIsWished) {
  Repository repository(plan({{"previews/pr-1/old.yaml", ours("old")},
                              {"previews/pr-1/values.yaml", "theirs: true"},
                              {"previews/pr-11/other.yaml", ours("other")}}));
  auto one = run();
  Files seen;
  const auto written = repository.replace(
      one, "previews/pr-1",
      [&](const Files& there) {
        seen = there;
        return std::optional<Files>();
      },
      "nothing");
  EXPECT_FALSE(written.changed);
  EXPECT_EQ(seen, (Files{{"old.yaml", ours("old")}}));
  EXPECT_EQ(server->commits(name()), 1);
}

TEST_F(GitopsRepository, ListsTheFilesBelowAFolder) {
  Repository repository(plan({{"previews/pr-1/a b.yaml", "a"}, {"README.md", "hello"}}));
  auto one = run();
  EXPECT_THAT(repository.paths(one, "previews"), ElementsAre("previews/pr-1/a b.yaml"));
  EXPECT_THAT(repository.paths(one, ""), ElementsAre("README.md", "previews/pr-1/a b.yaml"));
  EXPECT_THAT(repository.paths(one, "nowhere"), testing::IsEmpty());
}

TEST_F(GitopsRepository, RefusesToOverwriteAFileThatIsNotItsOwn) {
  const auto error = failure(plan({{"previews/pr-1/a.yaml", "theirs: true"}}));
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.message(), HasSubstr("'previews/pr-1/a.yaml'"));
  EXPECT_EQ(server->commits(name()), 1);
}

TEST_F(GitopsRepository, RefusesALinkInItsPlace) {
  const auto configured = plan();
  const auto id = server->git(name(), {"rev-parse", "main:README.md"});
  server->git(name(),
              {"update-index", "--add", "--cacheinfo", "120000," + id + ",previews/pr-1/a.yaml"});
  const auto tree = server->git(name(), {"write-tree"});
  const auto commit = server->git(name(), {"commit-tree", "-p", "main", "-m", "link", tree});
  server->git(name(), {"update-ref", "refs/heads/main", commit});
  EXPECT_EQ(failure(configured).kind(), ErrorKind::refused);
}

TEST_F(GitopsRepository, LandsOnTopOfWhoeverPushesBefore) {
  const auto configured = plan();
  constexpr int k_writers = 3, k_rounds = 4;
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < k_writers; ++writer) {
    writers.emplace_back([&, writer] {
      Repository repository(configured);
      auto one = run();
      for (int round = 0; round < k_rounds; ++round) {
        repository.replace(one, "previews/pr-" + std::to_string(writer + 1),
                           these({{"a.yaml", ours(std::to_string(round))}}), "round");
      }
    });
  }
  writers.clear();
  EXPECT_EQ(server->commits(name()), 1 + k_writers * k_rounds);
  for (int writer = 0; writer < k_writers; ++writer) {
    EXPECT_EQ(server->file(name(), fmt::format("previews/pr-{}/a.yaml", writer + 1)) + "\n",
              ours(std::to_string(k_rounds - 1)));
  }
}

TEST_F(GitopsRepository, WritesNothingInADryRun) {
  Repository repository(plan());
  auto one = run(std::chrono::seconds{60}, Mode::dry_run);
  EXPECT_TRUE(
      repository.replace(one, "previews/pr-1", these({{"a.yaml", ours("a")}}), "fill").changed);
  EXPECT_EQ(server->commits(name()), 1);
}

TEST_F(GitopsRepository, NamesWhatTheTokenLacks) {
  auto configured = plan();
  configured.token = Secret("wrong-token-0000");
  const auto error = failure(configured);
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.message(), Not(HasSubstr("wrong-token")));
}

TEST_F(GitopsRepository, NamesABranchOrARepositoryThatIsNotThere) {
  auto configured = plan();
  configured.branch = "production";
  EXPECT_EQ(failure(configured).kind(), ErrorKind::config);
  configured.repository = server->address("nothing-here");
  EXPECT_EQ(failure(configured).kind(), ErrorKind::permission);
}

TEST_F(GitopsRepository, TakesItsTokenToNoOtherHost) {
  auto configured = plan();
  configured.repository = server->address("moved/x");
  const auto error = failure(configured);
  EXPECT_EQ(error.kind(), ErrorKind::config) << error.message();
  EXPECT_THAT(error.hint(), HasSubstr("moved"));
}

TEST_F(GitopsRepository, SaysThatNobodyAnswers) {
  auto configured = plan();
  configured.repository = "http://127.0.0.1:1/x.git";
  EXPECT_EQ(failure(configured).kind(), ErrorKind::unreachable);
}

TEST_F(GitopsRepository, IsWrittenOverSshToo) {
  plan();
  const GitSshServer ssh(*server);
  Repository repository(ssh.plan(name()));
  auto one = run();
  const auto written =
      repository.replace(one, "previews/pr-1", these({{"a.yaml", ours("a")}}), "fill pr-1");
  EXPECT_TRUE(written.changed);
  EXPECT_THAT(server->files(name()), ElementsAre("README.md", "previews/pr-1/a.yaml"));
  EXPECT_THAT(repository.paths(one, "previews"), ElementsAre("previews/pr-1/a.yaml"));
}

TEST_F(GitopsRepository, TrustsNoSshHostThatItDoesNotKnowAndSaysWhoIsNotLetIn) {
  plan();
  const GitSshServer ssh(*server);
  auto unknown_host = ssh.plan(name());
  unknown_host.known_hosts_file = "/dev/null";
  const auto host = failure(unknown_host);
  EXPECT_EQ(host.kind(), ErrorKind::config) << host.message();
  EXPECT_THAT(host.hint(), HasSubstr("known_hosts_file"));
  auto unknown_key = ssh.plan(name());
  unknown_key.ssh_key_file = ssh.stranger();
  const auto key = failure(unknown_key);
  EXPECT_EQ(key.kind(), ErrorKind::permission) << key.message();
  EXPECT_EQ(server->commits(name()), 1);
}

TEST_F(GitopsRepository, SpeaksToNoAddressThatCouldRunAProgram) {
  for (const auto* address :
       {"ext::sh -c id", "file:///etc", "/srv/git/x.git", "--upload-pack=id",
        "ssh://-oProxyCommand=id/x", "git@-oProxyCommand:x", "http://example.org/x.git",
        "https://me:secret@example.org/x.git", ""}) {
    GitopsPlan bad;
    bad.repository = address;
    EXPECT_THROW(Repository{bad}, Error) << address;
  }
  for (const auto* address : {"https://github.com/a/b.git", "https://bot@example.org:8443/b",
                              "ssh://git@host:22/a/b.git", "git@github.com:a/b.git"}) {
    GitopsPlan good;
    good.repository = address;
    EXPECT_NO_THROW(Repository{good}) << address;
  }
}

TEST_F(GitopsRepository, KeepsItsFilesBelowTheirFolder) {
  for (const auto* path : {"../x", "/etc/x", "a//b", ".git/config", "a/../../b", "a/"}) {
    EXPECT_EQ(failure(plan({{"README.md", path}}), {{path, ours("x")}}).kind(), ErrorKind::refused);
    std::filesystem::remove_all(server->path(name()));
  }
}

}  // namespace
}  // namespace tidegate::test
