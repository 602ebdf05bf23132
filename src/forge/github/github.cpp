#include "forge/github/github.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "forge/github/credential.hpp"
#include "forge/github/rest.hpp"

namespace tidegate::forge::github {
namespace {

constexpr std::size_t k_longest_description = 140;  // of a commit status

// Cuts between characters, never inside one.
std::string cut(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0U) == 0x80U) --longest;
  text.resize(longest);
  return text;
}

std::string_view first_line(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view state_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::pending:
      return "pending";
    case Verdict::success:
      return "success";
    case Verdict::failure:
      break;
  }
  return "failure";
}

std::string_view state_text(Deployment::State state) {
  switch (state) {
    case Deployment::State::in_progress:
      return "in_progress";
    case Deployment::State::success:
      return "success";
    case Deployment::State::failure:
      return "failure";
    case Deployment::State::inactive:
      break;
  }
  return "inactive";
}

class Github final : public Forge {
 public:
  explicit Github(ForgePlan plan)
      : plan_(std::move(plan)), rest_(plan_.api_url), credential_(plan_, rest_) {}

  const std::string& repository() const override { return plan_.repository; }

  PullRequest pull_request(Run& run, PullNumber number) override {
    return pull_of(send(run, "GET", fmt::format("/pulls/{}", number.value())).body);
  }

  // Sorted by creation time: a pull request that is closed meanwhile then moves as few others as
  // possible to another page.
  std::vector<PullRequest> open_pull_requests(Run& run) override {
    std::vector<PullRequest> pulls;
    each(run, "/pulls?state=open&sort=created&direction=asc&per_page=100",
         [&](const Json& item) { pulls.push_back(pull_of(item)); });
    std::sort(pulls.begin(), pulls.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
    const auto same = [](const auto& a, const auto& b) { return a.number == b.number; };
    pulls.erase(std::unique(pulls.begin(), pulls.end(), same), pulls.end());
    return pulls;
  }

  void add_label(Run& run, PullNumber number, std::string_view label) override {
    send(run, "POST", fmt::format("/issues/{}/labels", number.value()),
         {{"labels", {std::string(label)}}});
  }

  void remove_label(Run& run, PullNumber number, std::string_view label) override {
    const auto path = fmt::format("/issues/{}/labels/{}", number.value(), percent_encode(label));
    if (send(run, "DELETE", path, {}, {404}).status != 404) return;
    // 404 means that the label is not set or that the pull request is not visible. The second case
    // fails here as it should.
    if (has_label(pull_request(run, number).labels, label)) send(run, "DELETE", path);
  }

  std::vector<Comment> own_comments(Run& run, PullNumber number, std::string_view marker) override {
    const auto& login = credential_.login(run);
    std::vector<Comment> comments;
    each(run, fmt::format("/issues/{}/comments?per_page=100", number.value()),
         [&](const Json& item) {
           auto body = text_at(item, {"body"});
           if (first_line(body) != marker || text_at(item, {"user", "login"}) != login) return;
           comments.push_back({number_at(item, {"id"}), std::move(body)});
         });
    std::sort(comments.begin(), comments.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return comments;
  }

  Comment add_comment(Run& run, PullNumber number, const std::string& body) override {
    const auto made =
        send(run, "POST", fmt::format("/issues/{}/comments", number.value()), {{"body", body}});
    return {number_at(made.body, {"id"}), body};
  }

  void edit_comment(Run& run, const Comment& comment) override {
    send(run, "PATCH", fmt::format("/issues/comments/{}", comment.id), {{"body", comment.body}});
  }

  void remove_comment(Run& run, std::int64_t id) override {
    send(run, "DELETE", fmt::format("/issues/comments/{}", id), {}, {404});
  }

  void set_status(Run& run, const CommitStatus& status) override {
    Json body{{"state", state_text(status.verdict)},
              {"description", cut(status.says, k_longest_description)},
              {"context", plan_.status_context}};
    if (!status.target_url.empty()) body["target_url"] = status.target_url;
    send(run, "POST", "/statuses/" + percent_encode(status.commit), body);
  }

  void set_deployment(Run& run, const Deployment& deployment) override {
    auto ids = deployments(run, deployment);
    if (ids.empty() && deployment.state == Deployment::State::inactive) return;
    if (ids.empty()) ids.push_back(make_deployment(run, deployment));
    Json body{{"state", state_text(deployment.state)},
              {"environment", deployment.environment},
              {"auto_inactive", true}};
    if (!deployment.url.empty()) body["environment_url"] = deployment.url;
    if (deployment.state != Deployment::State::inactive) ids.resize(1);
    for (const auto id : ids) send(run, "POST", fmt::format("/deployments/{}/statuses", id), body);
  }

 private:
  /// Newest first; of the commit, or of all commits when deployments are ended.
  std::vector<std::int64_t> deployments(Run& run, const Deployment& deployment) {
    auto path = fmt::format("/deployments?per_page=100&environment={}",
                            percent_encode(deployment.environment));
    if (deployment.state != Deployment::State::inactive) path += "&sha=" + deployment.commit;
    std::vector<std::int64_t> ids;
    each(run, path, [&](const Json& item) { ids.push_back(number_at(item, {"id"})); });
    return ids;
  }

  std::int64_t make_deployment(Run& run, const Deployment& deployment) {
    const auto made = send(run, "POST", "/deployments",
                           {{"ref", deployment.commit},
                            {"environment", deployment.environment},
                            {"auto_merge", false},
                            {"required_contexts", Json::array()},
                            {"transient_environment", true},
                            {"production_environment", false}});
    return number_at(made.body, {"id"});
  }

  std::string in_repository(const std::string& path) const {
    return fmt::format("/repos/{}{}", plan_.repository, path);
  }
  Authorize sign_in() {
    return [this](Run& run, bool refused) { return credential_.authorize(run, refused); };
  }
  Reply send(Run& run, const std::string& method, const std::string& path, const Json& body = {},
             std::initializer_list<int> accepted = {}) {
    return rest_.send(run, sign_in(), method, in_repository(path), body, accepted);
  }
  void each(Run& run, const std::string& path, const std::function<void(const Json&)>& item) {
    rest_.each(run, sign_in(), in_repository(path), item);
  }

  ForgePlan plan_;
  RestApi rest_;
  Credential credential_;
};

}  // namespace

std::unique_ptr<Forge> connect(const ForgePlan& plan) {
  static const std::regex form(R"([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)");
  if (!std::regex_match(plan.repository, form) || plan.repository.find("..") != std::string::npos) {
    throw Error(ErrorKind::config, fmt::format("'{}' is not a repository", plan.repository),
                "'github.repository' is owner/name: camaradesuk/syrf");
  }
  return std::make_unique<Github>(plan);
}

}  // namespace tidegate::forge::github
