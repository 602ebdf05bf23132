#pragma once

/// GitHub's webhooks ("Validating webhook deliveries").

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "forge/webhook.hpp"

namespace tidegate::forge::github {

/// Whether `signature` (`sha256=` and 64 hexadecimal digits) is the HMAC-SHA256 of the body under
/// one of the secrets. Takes the same time whatever is wrong with it.
bool is_signed(std::string_view body, std::string_view signature,
               const std::vector<Secret>& secrets);

/// The signature is looked at before anything else is. Takes `pull_request` and `issues` events of
/// this repository, and of `issue_comment` those that delete or edit one; other events are nothing.
Receive receive(std::vector<Secret> secrets, std::string repository);

}  // namespace tidegate::forge::github
