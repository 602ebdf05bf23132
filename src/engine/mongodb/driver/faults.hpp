#pragma once

/// The server's error codes that tidegate branches on, and how any of them becomes an Error: kind,
/// hint and whether another try can help come from the table in server_codes.hpp.

#include <mongoc/mongoc.h>

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "engine/mongodb/driver/bson.hpp"

namespace tidegate::engine::mongodb {

inline constexpr int k_bad_value = 2;
inline constexpr int k_graph_contains_cycle = 5;
inline constexpr int k_unauthorized = 13;
inline constexpr int k_authentication_failed = 18;
inline constexpr int k_invalid_bson = 22;
inline constexpr int k_namespace_not_found = 26;
inline constexpr int k_namespace_exists = 48;
inline constexpr int k_max_time_expired = 50;
inline constexpr int k_capped_position_lost = 136;
inline constexpr int k_view_too_deep = 165;
inline constexpr int k_not_on_a_view = 167;
inline constexpr int k_query_plan_killed = 175;
inline constexpr int k_snapshot_too_old = 239;
inline constexpr int k_snapshot_unavailable = 246;
inline constexpr int k_atlas = 8000;  ///< of Atlas's shared tiers, for whatever they refuse
inline constexpr int k_document_too_large = 10334;
inline constexpr int k_duplicate_key = 11000;
inline constexpr int k_background_operation = 12587;
inline constexpr int k_database_differs_in_case = 13297;
inline constexpr int k_out_of_disk_space = 14031;

/// Network failure, change of primary, shutdown: the same command may succeed a moment later.
bool is_transient(const Error& error);

/// The write was carried out, and only its write concern was not met, or not waited for.
bool was_written(const Error& error);

/// Refused before anything was written, or never sent. Any other failure of a write leaves it open
/// whether it was carried out.
bool was_not_written(const Error& error);

/// The source went away or was replaced under a read (26, 175, 246): whatever was read is worth
/// nothing.
bool says_source_changed(const Error& error);

/// The server does not know the command, the stage or the option, and never will (CommandNotFound,
/// NotImplemented, …): other servers that speak the protocol say so of parts of it.
bool says_unsupported(const Error& error);
/// The server does not understand how it was asked (BadValue, FailedToParse, …).
bool says_malformed(const Error& error);

/// The right that a command takes, for the message of a refusal: `find on 'syrftest.pmStudy'`.
std::string rights_needed(std::string_view database, const Bson& command);

/// A reply that is `ok` but carries writeErrors or a writeConcernError: its code and words into
/// `error`.
void adopt_write_error(const Bson& reply, bson_error_t& error);

}  // namespace tidegate::engine::mongodb
