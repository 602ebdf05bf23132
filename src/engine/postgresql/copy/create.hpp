#pragma once

/// Creates databases under staging names.

#include <optional>
#include <string>

#include "engine/postgresql/copy/definition.hpp"
#include "engine/postgresql/driver/session.hpp"
#include "engine/postgresql/publish/comment.hpp"

namespace tidegate::engine::postgresql {

/// Creates an empty database of this encoding and locale, or of the server's own where none is
/// given. Its comment names its run and target.
void create_empty(Run& run, SqlSession& session, const DatabaseName& name,
                  const std::optional<DatabaseLocale>& locale, const StagingNote& note);

/// Creates a copy by template, in the fastest way that the server has: files cloned (18, where the
/// file system can), files copied (15), or the server's plain copy. Ends connections to `from` that
/// block it, so `from` must never be production. Its comment names its run and target.
/// @returns the way, for people: `files cloned`.
std::string create_copy(Run& run, SqlSession& session, const DatabaseName& name,
                        const DatabaseName& from, const StagingNote& note);

}  // namespace tidegate::engine::postgresql
