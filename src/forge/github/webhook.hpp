#pragma once

/// GitHub's webhooks ("Validating webhook deliveries").

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "forge/webhook.hpp"

namespace tidegate::forge::github {

/// Whether `signature` (`sha256=` and 64 hexadecimal digits) is the HMAC-SHA256 of the body under
/// one of the secrets. The time it takes does not depend on where the signature is wrong.
bool is_signed(std::string_view body, std::string_view signature,
               const std::vector<Secret>& secrets);

/// Checks the signature before anything else. Accepts `pull_request` and `issues` events of this
/// repository, and `issue_comment` events that delete or edit a comment; all other events are
/// irrelevant.
Receive receive(std::vector<Secret> secrets, std::string repository);

}  // namespace tidegate::forge::github
