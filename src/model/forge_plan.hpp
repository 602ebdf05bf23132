#pragma once

/// The configuration of the code host. Resolved and typed; built by config.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "model/names.hpp"

namespace tidegate {

/// A GitHub App that is installed in the repository, in place of a token.
struct AppCredential {
  std::string id;
  std::string installation;  ///< empty: asked for
  Secret private_key;        ///< PEM
};

struct ForgePlan {
  std::string repository;  ///< `camaradesuk/syrf`
  std::string api_url = "https://api.github.com";
  Secret token{};  ///< empty where there is an app
  std::optional<AppCredential> app{};
  std::string status_context = "tidegate";
  bool commit_status = false;  ///< whether outcomes are shown as statuses of commits
  bool deployments = false;    ///< whether previews are recorded as deployments
  std::string origin{};        ///< which configuration key the credential came from, for messages
};

/// Facts reported of a preview besides its database. `{number}` stands for the pull request.
struct PreviewPages {
  struct Url {
    std::string name;     ///< for people: `web`
    std::string pattern;  ///< `https://pr-{number}.example.org`
  };
  std::vector<Url> urls;       ///< in the order in which they are shown
  std::string namespace_name;  ///< `pr-{number}`; empty: not reported
  std::string templates;       ///< directory; empty: the program's own
};

/// `pr-{number}` → `pr-42`
std::string with_number(std::string_view pattern, PullNumber number);

}  // namespace tidegate
