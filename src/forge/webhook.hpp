#pragma once

/// What a code host calls with when something has changed. Only ever a hint to look: what is true
/// is asked for then.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/names.hpp"

namespace tidegate::forge {

/// What has been heard of one call.
struct Heard {
  enum class Kind {
    hint,      ///< something about a pull request of ours has changed
    nothing,   ///< genuine, and of no concern
    unproven,  ///< not signed with a secret of ours
    malformed  ///< signed, and not to be understood
  };
  Kind kind = Kind::unproven;
  std::string delivery{};              ///< the host's own name of this call; of a hint
  std::optional<PullNumber> number{};  ///< of a hint
  std::string says{};                  ///< for people
};

/// Headers by name in lower case, and the body as it came. Pure: same call, same answer.
using Receive =
    std::function<Heard(const std::map<std::string, std::string>& headers, std::string_view body)>;

}  // namespace tidegate::forge
