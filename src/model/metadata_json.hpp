#pragma once

/// Metadata as JSON, in the field names of the contract. Only this form, and the BSON form that is
/// made from it, know the names.

#include <nlohmann/json.hpp>

#include "model/metadata.hpp"

namespace tidegate {

/// Times as RFC 3339 text. Optional parts are left out when absent. `definition` stands in
/// `contents[]` only when asked for.
enum class Definitions { leave_out, include };
nlohmann::ordered_json to_json(const Metadata& metadata,
                               Definitions definitions = Definitions::leave_out);

/// Tolerant of unknown fields and of a document that only has the first six fields (older readers
/// and writers).
/// @throws Error remote: which field is missing or of the wrong type.
Metadata metadata_from_json(const nlohmann::ordered_json& json);

/// The same, but a document that cannot be read sets Metadata::unreadable, with `whose` before the
/// reason, and the lock is read all the same.
Metadata metadata_as_told(const nlohmann::ordered_json& json, std::string_view whose);

}  // namespace tidegate
