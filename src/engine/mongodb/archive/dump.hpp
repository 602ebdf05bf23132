#pragma once

/// Production into the files of an archive.

#include "engine/engine.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// See engine::Engine::dump. A directory, whatever form is asked for: there is no other, and the
/// configuration's default is PostgreSQL's. Every collection at one cluster time where the server
/// can read the past; what cannot be read there (capped ones, what outlasts the server's history)
/// later and by itself, which the result says. A checksum of each is taken from the stream, whether
/// asked for or not, and its file is read back and held against it: `verified` is `checksum`.
/// @throws Error refused: `consistency: require` cannot be held; remote, with
/// says_source_changed(): a collection was dropped or changed under the dump.
DumpResult dump(Run& run, Server& server, const DumpRequest& request,
                const Capabilities& capabilities);

}  // namespace tidegate::engine::mongodb
