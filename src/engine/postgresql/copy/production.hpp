#pragma once

/// The two ways to fill a staging database: from production, and from an archive.

#include "engine/postgresql/copy/staged.hpp"

namespace tidegate::engine::postgresql {

/// Copies production at one moment and sums every table's rows as they pass. Sets cut, contents and
/// sources. Where an item of the request no longer exists, the outcome is source_changed.
void copy_production(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged);

/// The outlook of such a copy; reads only.
engine::CopyOutlook outlook(Run& run, Server& server, const engine::CopyQuestion& question);

/// Loads an archive of dump(). The contents are those of its metadata.
void load_archive(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged);

}  // namespace tidegate::engine::postgresql
