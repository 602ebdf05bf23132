#include "forge/github/credential.hpp"

#include <fmt/format.h>

#include "base/utc.hpp"
#include "forge/github/address.hpp"
#include "forge/github/app_token.hpp"

namespace tidegate::forge::github {
namespace {

constexpr std::chrono::minutes k_early{5}, k_usual{55};

}  // namespace

Credential::Credential(const ForgePlan& plan, RestApi& rest) : plan_(plan), rest_(rest) {
  if (!plan_.app && plan_.token.empty()) {
    throw Error(ErrorKind::config, "there is no credential for GitHub",
                "set 'github.token' or 'github.app'");
  }
}

std::string Credential::as_app(Run& run, bool refused) const {
  if (refused) return {};  // an App has no other sign-in
  return "Bearer " + app_token(*plan_.app, run.clock().now()).reveal();
}

void Credential::renew(Run& run) {
  const auto sign_in = [this](Run& each, bool refused) { return as_app(each, refused); };
  auto installation = plan_.app->installation;
  if (installation.empty()) {
    const auto found =
        rest_.send(run, sign_in, "GET", fmt::format("/repos/{}/installation", plan_.repository));
    installation = std::to_string(number_at(found.body, {"id"}));
  }
  const auto made =
      rest_.send(run, sign_in, "POST",
                 fmt::format("/app/installations/{}/access_tokens", percent_encode(installation)));
  installation_token_ = Secret(text_at(made.body, {"token"}));
  if (installation_token_.empty()) {
    throw Error(ErrorKind::remote, "GitHub gave no token for the App's installation",
                "check 'github.app'");
  }
  valid_until_ = parse_rfc3339(text_at(made.body, {"expires_at"}))
                     .value_or(run.clock().now() + k_usual + k_early);
}

std::string Credential::authorize(Run& run, bool refused) {
  if (!plan_.app) return refused ? "" : "Bearer " + plan_.token.reveal();
  if (refused) {
    run.log().info("GitHub refuses the installation's token: getting another", {{"run", run.id()}});
  }
  if (refused || installation_token_.empty() || run.clock().now() + k_early > valid_until_)
    renew(run);
  return "Bearer " + installation_token_.reveal();
}

// A workflow's own token may not request /user; GraphQL returns its login.
std::string Credential::ask_login(Run& run) {
  if (plan_.app) {
    const auto sign_in = [this](Run& each, bool refused) { return as_app(each, refused); };
    return text_at(rest_.send(run, sign_in, "GET", "/app").body, {"slug"}) + "[bot]";
  }
  const auto as_user = [this](Run& each, bool refused) { return authorize(each, refused); };
  const auto user = rest_.send(run, as_user, "GET", "/user", {}, {403, 404});
  if (user.status / 100 == 2) return text_at(user.body, {"login"});
  const auto viewer = rest_.send(run, as_user, "POST", graphql_url(rest_.api_url()),
                                 {{"query", "{viewer{login}}"}}, {400, 403, 404});
  const auto login = text_at(viewer.body, {"data", "viewer", "login"});
  return login.empty() ? "github-actions[bot]" : login;
}

const std::string& Credential::login(Run& run) {
  if (login_.empty()) login_ = ask_login(run);
  return login_;
}

}  // namespace tidegate::forge::github
