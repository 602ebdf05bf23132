#pragma once

/// Who speaks to GitHub: a token, or an App's installation.

#include <optional>
#include <string>

#include "base/run.hpp"
#include "forge/github/rest.hpp"
#include "model/forge_plan.hpp"

namespace tidegate::forge::github {

/// Not thread safe.
class Credential {
 public:
  /// Both outlive it. @throws Error config: there is neither token nor App.
  Credential(const ForgePlan& plan, Rest& rest);

  /// For the repository's requests, as Authorize says. An installation's token is got when it is
  /// first needed, anew five minutes before its hour ends, and when GitHub refuses it (it was
  /// revoked, or the App's rights have changed).
  std::string authorize(Run& run, bool refused);
  /// As whom its comments are made: `tidegate[bot]`. Asked once.
  const std::string& login(Run& run);

 private:
  std::string as_app(Run& run, bool refused) const;
  void renew(Run& run);
  std::string ask_login(Run& run);
  const ForgePlan& plan_;
  Rest& rest_;
  Secret installation_token_;
  SystemTime valid_until_{};
  std::string login_;
};

}  // namespace tidegate::forge::github
