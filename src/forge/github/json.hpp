#pragma once

/// JSON from outside: bounded, and never trusted to have the form that it should.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forge/forge.hpp"

namespace tidegate::forge::github {

using Json = nlohmann::json;

/// Nothing for what is no JSON, or is nested deeper than 64.
std::optional<Json> parse_json(std::string_view text);

/// The value at a path of keys; null where there is none.
const Json& at(const Json& json, std::initializer_list<const char*> path);
/// Empty where it is no text; 0 where it is no whole number.
std::string text_at(const Json& json, std::initializer_list<const char*> path);
std::int64_t number_at(const Json& json, std::initializer_list<const char*> path);

/// @throws Error remote: it lacks what a pull request has.
PullRequest pull_of(const Json& json);

}  // namespace tidegate::forge::github
