#pragma once

/// Databases made under staging names.

#include <string>

#include "engine/postgresql/comment.hpp"
#include "engine/postgresql/session.hpp"

namespace tidegate::engine::postgresql {

/// An empty one, with encoding and locale of `like`, or the server's own where there is none of
/// that name. Its comment says whose it is.
void create_empty(Run& run, Session& session, const DatabaseName& name, const DatabaseName& like,
                  const StagingNote& note);

/// A copy by template, in the fastest way that the server has: its files cloned (18, where the file
/// system can), copied (15), or as it always did. Connections to `from` are ended where they are in
/// the way, so it must never be production. Its comment says whose it is.
/// @returns in which way, for people: `files cloned`.
std::string create_copy(Run& run, Session& session, const DatabaseName& name,
                        const DatabaseName& from, const StagingNote& note);

}  // namespace tidegate::engine::postgresql
