#pragma once

/// Webhook calls of a code host. A call is only a hint that something has changed: the current
/// state is then read from the host.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/names.hpp"

namespace tidegate::forge {

/// The evaluation of one call.
struct WebhookVerdict {
  enum class Kind {
    hint,      ///< a pull request of this repository has changed
    nothing,   ///< genuine, but irrelevant
    unproven,  ///< not signed with a configured secret
    malformed  ///< signed, but not readable
  };
  Kind kind = Kind::unproven;
  std::string delivery{};              ///< of a hint: the host's id of this call
  std::optional<PullNumber> number{};  ///< of a hint
  std::string says{};                  ///< message for people
};

/// Evaluates one call. Header names are in lower case; the body is unchanged. Pure: the same call
/// gives the same result.
using Receive = std::function<WebhookVerdict(const std::map<std::string, std::string>& headers,
                                             std::string_view body)>;

}  // namespace tidegate::forge
