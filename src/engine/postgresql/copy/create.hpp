#pragma once

/// Databases made under staging names.

#include <optional>
#include <string>

#include "engine/postgresql/copy/definition.hpp"
#include "engine/postgresql/driver/session.hpp"
#include "engine/postgresql/publish/comment.hpp"

namespace tidegate::engine::postgresql {

/// An empty one of this encoding and locale, or the server's own where none is given. Its comment
/// says whose it is.
void create_empty(Run& run, SqlSession& session, const DatabaseName& name,
                  const std::optional<DatabaseLocale>& locale, const StagingNote& note);

/// A copy by template, in the fastest way that the server has: its files cloned (18, where the file
/// system can), copied (15), or as it always did. Connections to `from` are ended where they are in
/// the way, so it must never be production. Its comment says whose it is.
/// @returns in which way, for people: `files cloned`.
std::string create_copy(Run& run, SqlSession& session, const DatabaseName& name,
                        const DatabaseName& from, const StagingNote& note);

}  // namespace tidegate::engine::postgresql
