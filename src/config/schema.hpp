#pragma once

#include <nlohmann/json.hpp>

namespace tidegate::config {

/// JSON Schema (draft 2020-12) of the file, for editors, made from the option table. Every value
/// may also be text with `${NAME}` in it.
nlohmann::ordered_json json_schema();

}  // namespace tidegate::config
