#pragma once

/// JSON from outside: limited in depth, and never assumed to have the expected form.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forge/forge.hpp"

namespace tidegate::forge::github {

using Json = nlohmann::json;

/// Parses a text; nothing when it is not JSON or is nested deeper than 64 levels.
std::optional<Json> parse_json(std::string_view text);

/// The value at a path of keys; null when it is missing.
const Json& at(const Json& json, std::initializer_list<const char*> path);
/// Empty when the value is not a string; 0 when it is not an integer.
std::string text_at(const Json& json, std::initializer_list<const char*> path);
std::int64_t number_at(const Json& json, std::initializer_list<const char*> path);

/// @throws Error remote: a required field of a pull request is missing.
PullRequest pull_of(const Json& json);

}  // namespace tidegate::forge::github
