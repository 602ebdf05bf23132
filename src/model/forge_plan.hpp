#pragma once

/// How to reach the code host, as it is configured. Resolved and typed; built by config.

#include <optional>
#include <string>

#include "base/secret.hpp"

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
  std::string origin{};  ///< which configuration key the credential came from, for messages
};

}  // namespace tidegate
