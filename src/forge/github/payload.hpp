#pragma once

/// What a webhook's payload says of itself.

#include <optional>
#include <string>
#include <string_view>

#include "model/names.hpp"

namespace tidegate::forge::github {

struct Payload {
  std::string action, repository;    ///< `labeled`, `camaradesuk/syrf`; empty: it names none
  std::optional<PullNumber> number;  ///< none: it is about no pull request
};

/// Reads as it goes, keeps nothing else and never recurses: memory does not grow with the payload,
/// which may have 25 MB. Nothing for what is no JSON object, or is nested deeper than 64.
std::optional<Payload> read_payload(std::string_view json);

}  // namespace tidegate::forge::github
