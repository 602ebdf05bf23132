#pragma once

/// A code host that keeps what it is told: the npm package `emulate`, which stands in for GitHub,
/// behind a proxy (`prism`) that refuses whatever GitHub's own description of its interface does
/// not allow. It knows no statuses, deployments, ETags and rate limits: GithubStub has those. The
/// head of a pull request does not change when something is pushed.

#include <memory>
#include <string>
#include <vector>

#include "model/forge_plan.hpp"
#include "model/names.hpp"
#include "support/program.hpp"

namespace tidegate::test {

/// Answers requests that GitHub's description does not allow with a 4xx of its own, and hands on
/// all others.
class GithubProxy {
 public:
  /// `packages`: where prism is installed.
  GithubProxy(const std::filesystem::path& packages, const std::string& upstream, int port);
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  bool running() { return process_.running(); }
  std::string says() const { return process_.out_so_far() + process_.err_so_far(); }

 private:
  TempDir directory_{"github-proxy"};
  int port_;
  Process process_;
};

class GithubServer {
 public:
  /// The one of this test program; null where there is none.
  static GithubServer* get();
  static const std::string& why_none();
  /// Whether TIDEGATE_TEST_REQUIRE asks for it.
  static bool required();

  explicit GithubServer(const std::filesystem::path& packages);

  enum class Who { tidegate, app, stranger };
  ForgePlan plan(Who who = Who::tidegate) const;
  const std::filesystem::path& packages() const { return packages_; }

  /// As people do; a branch of its own for each.
  PullNumber open_pull(const std::string& title);
  void close(PullNumber number);
  void merge(PullNumber number);
  /// Straight to the emulator. @throws std::runtime_error: it refuses.
  Json ask(const std::string& method, const std::string& path, const Json& body = {}) const;

 private:
  void start();
  std::filesystem::path packages_;
  TempDir directory_{"github"};
  Secret app_key_;
  int port_ = 0, changes_ = 0;
  std::unique_ptr<Process> process_;
  std::unique_ptr<GithubProxy> proxy_;
};

/// The first line of every test that needs it: TIDEGATE_NEEDS_GITHUB(server);
#define TIDEGATE_NEEDS_GITHUB(variable)                                             \
  ::tidegate::test::GithubServer* variable = ::tidegate::test::GithubServer::get(); \
  if (variable == nullptr) {                                                        \
    if (::tidegate::test::GithubServer::required()) {                               \
      FAIL() << ::tidegate::test::GithubServer::why_none();                         \
    }                                                                               \
    GTEST_SKIP() << ::tidegate::test::GithubServer::why_none();                     \
  }

}  // namespace tidegate::test
