#pragma once

/// The two ways into a staging database that read what pg_dump writes.

#include "engine/postgresql/copy/staged.hpp"

namespace tidegate::engine::postgresql {

/// pg_dump piped into pg_restore, at one moment of production; beside it, at the same moment, every
/// table is summed up. Sets cut, contents and sources. Where an item of the request is gone, the
/// source has changed.
void copy_production(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged);

/// The outlook of such a copy; reads only.
engine::CopyOutlook outlook(Run& run, Server& server, const engine::CopyQuestion& question);

/// What dump() has made. Contents are as its metadata has them.
void load_archive(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged);

}  // namespace tidegate::engine::postgresql
