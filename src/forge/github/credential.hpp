#pragma once

/// The credential for GitHub: a token, or an installation of a GitHub App.

#include <optional>
#include <string>

#include "base/run.hpp"
#include "forge/github/rest.hpp"
#include "model/forge_plan.hpp"

namespace tidegate::forge::github {

/// Not thread safe.
class Credential {
 public:
  /// Both arguments must outlive it. @throws Error config: neither a token nor an App is set.
  Credential(const ForgePlan& plan, RestApi& rest);

  /// The Authorization header for requests to the repository, as Authorize says. An installation's
  /// token is requested at first use, again five minutes before its hour ends, and when GitHub
  /// refuses it (it was revoked, or the App's rights have changed).
  std::string authorize(Run& run, bool refused);
  /// The login that its comments are made with: `tidegate[bot]`. Requested once.
  const std::string& login(Run& run);

 private:
  std::string as_app(Run& run, bool refused) const;
  void renew(Run& run);
  std::string ask_login(Run& run);
  const ForgePlan& plan_;
  RestApi& rest_;
  Secret installation_token_;
  SystemTime valid_until_{};
  std::string login_;
};

}  // namespace tidegate::forge::github
