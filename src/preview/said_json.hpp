#pragma once

/// What was said, as JSON: the hidden state of a status comment, and what one `pr plan` hands to
/// the next.

#include <nlohmann/json.hpp>
#include <string_view>

#include "preview/decide.hpp"

namespace tidegate::preview {

/// `{"commit", "locked", "kept", "failure", "snapshot_run"}`; what is as in an empty Said is left
/// out.
nlohmann::ordered_json to_json(const Said& said);

/// Strict: for what people hand over.
/// @throws Error usage: no JSON object, an unknown key, a value of another type.
Said parse_said(std::string_view text);

/// Tolerant: for what may have been damaged. Takes what is right and skips the rest.
Said recover_said(const nlohmann::ordered_json& json);

}  // namespace tidegate::preview
