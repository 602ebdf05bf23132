#pragma once

/// The fields of a webhook payload that tidegate uses.

#include <optional>
#include <string>
#include <string_view>

#include "model/names.hpp"

namespace tidegate::forge::github {

struct Payload {
  std::string action, repository;    ///< `labeled`, `camaradesuk/syrf`; empty when the payload has
                                     ///< none
  std::optional<PullNumber> number;  ///< nothing when the payload is not about a pull request
};

/// Parses while reading, stores nothing else, and does not recurse: memory use does not grow with
/// the payload, which may have 25 MB. Nothing for a text that is not a JSON object or is nested
/// deeper than 64 levels.
std::optional<Payload> read_payload(std::string_view json);

}  // namespace tidegate::forge::github
