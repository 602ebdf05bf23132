#pragma once

/// Pull requests through the program as built: a database server, and a code host that refuses what
/// GitHub's own description does not allow.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/github_server.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {

/// One pull request on the code host, and a database in which its preview is.
class PullProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    TIDEGATE_NEEDS_GITHUB(github);
    github_ = github;
    flow_ = std::make_unique<Flow>(*server, built_program(), "pulls");
    make_small_production(flow_->admin(), flow_->production(), 20);
    const auto plan = github->plan();
    flow_->set_config(flow_->config() + "github:\n  repository: " + plan.repository +
                      "\n  api_url: " + plan.api_url + "\n  token: ${HOST_TOKEN}\n" +
                      "  urls: {web: 'https://pr-{number}.syrf.org.uk', "
                      "api: 'https://api.pr-{number}.syrf.org.uk'}\n  namespace: 'pr-{number}'\n");
    environment_["HOST_TOKEN"] = plan.token.reveal();
    open();
  }

  void open() {
    number_ = github_->open_pull("a <b>title</b> by @someone").value();
    flow_->allow_preview(number_);
    environment_["PREVIEW_URI"] = flow_->preview_uri(number_);
    seen_ = 0;
  }
  void label(const std::string& name) {
    github_->ask("POST", fmt::format("/issues/{}/labels", number_),
                 {{"labels", Json::array({name})}});
  }
  void unlabel(const std::string& name) {
    github_->ask("DELETE", fmt::format("/issues/{}/labels/{}", number_, name));
  }
  std::vector<std::string> labels() {
    std::vector<std::string> names;
    for (const auto& each : github_->ask("GET", fmt::format("/issues/{}/labels", number_))) {
      names.push_back(each.at("name"));
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  Json sync(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"pr", "sync", std::to_string(number_), "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = flow_->expect(0, arguments, environment_);
    EXPECT_EQ((outcome.out + outcome.err).find(environment_.at("HOST_TOKEN")), std::string::npos);
    return Json::parse(outcome.out);
  }

  std::vector<std::string> comments() {
    std::vector<std::string> bodies;
    for (const auto& each :
         github_->ask("GET", fmt::format("/issues/{}/comments?per_page=100", number_))) {
      bodies.push_back(each.at("body"));
    }
    return bodies;
  }
  /// The one that is kept up to date.
  std::string status() {
    std::vector<std::string> found;
    for (const auto& body : comments()) {
      if (body.starts_with("<!-- tidegate:status")) found.push_back(body);
    }
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? "" : found.front();
  }
  /// The other comments since the last call of this.
  std::vector<std::string> news() {
    std::vector<std::string> notices;
    for (const auto& body : comments()) {
      if (!body.starts_with("<!-- tidegate:status")) notices.push_back(body);
    }
    std::vector<std::string> since(notices.begin() + static_cast<std::ptrdiff_t>(seen_),
                                   notices.end());
    seen_ = notices.size();
    return since;
  }

  std::string database() { return flow_->preview(number_); }
  /// `none`, `seed` or `snapshot`, by its own metadata.
  std::string holds() {
    const auto metadata = flow_->metadata(database());
    if (metadata.is_null()) return "none";
    return metadata.at("method") == "seed" ? "seed" : "snapshot";
  }
  bool is_locked() {
    const auto metadata = flow_->metadata(database());
    return metadata.contains("locked") && !metadata.at("locked").is_null() &&
           metadata.at("locked") != Json(false);
  }
  /// Leaves a document as a user of the preview does; a fill or a drop of the database removes it.
  void work_in_it() { flow_->admin().insert(database(), "handmade", {{{"_id", 1}}}); }
  bool is_touched() {
    return flow_->admin().command(database(), {{"count", "handmade"}}).at("n").get<int>() == 0;
  }

  GithubServer* github_ = nullptr;
  std::unique_ptr<Flow> flow_;
  Environment environment_;
  int number_ = 0;
  std::size_t seen_ = 0;
};

}  // namespace tidegate::test
