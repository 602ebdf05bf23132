#pragma once

/// The reported state as JSON: the hidden state of a status comment, and the value that one `pr
/// plan` passes to the next.

#include <nlohmann/json.hpp>
#include <string_view>

#include "preview/decide.hpp"

namespace tidegate::preview {

/// `{"commit", "locked", "kept", "failure", "snapshot_run"}`; fields with default values are left
/// out.
nlohmann::ordered_json to_json(const LastReport& said);

/// Strict parser for input from people.
/// @throws Error usage: it is not a JSON object, or has an unknown key or a value of the wrong
/// type.
LastReport parse_said(std::string_view text);

/// Tolerant parser for stored state that may be damaged: uses valid fields and skips the rest.
LastReport recover_said(const nlohmann::ordered_json& json);

}  // namespace tidegate::preview
