#pragma once

/// The metadata document as it stands in the database.

#include "engine/mongodb/driver/bson.hpp"
#include "model/metadata.hpp"

namespace tidegate::engine::mongodb {

inline constexpr const char* k_latest_id = "latest";
inline constexpr const char* k_lease_id = "lease";

/// Field names of the contract, `_id: "latest"` first, times as BSON dates, counts and sizes as
/// int64, definitions included.
Bson to_bson(const Metadata& metadata);

/// Tolerant: fields that are unknown are ignored, only the first six of the contract must be there,
/// times may also be RFC 3339 text, numbers of any type. What cannot be read all the same becomes
/// Metadata::unreadable: which field is missing or of the wrong type, in which database.
Metadata metadata_told(const Bson& document, std::string_view database);

}  // namespace tidegate::engine::mongodb
