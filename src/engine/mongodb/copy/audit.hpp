#pragma once

/// Is a database still what its metadata says? Reads every document, writes nothing, blocks no
/// client (dbHash would).

#include <cstdint>
#include <functional>
#include <string>

#include "engine/engine.hpp"
#include "engine/mongodb/archive/document_stream.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// Differences name, in `what`: `missing`, `unexpected`, `documents`, `bytes`, `checksum`,
/// `options`, `indexes`, `view`. A content without recorded checksum is compared by count and bytes
/// (`size`), one without recorded bytes by count; the report's method is the weakest.
/// @throws Error conflict: the database was filled again while it was being compared.
engine::VerifyReport audit(Run& run, Server& server, const DatabaseName& database,
                           const Metadata& expected, const std::string& metadata_collection);

struct Checksum {
  std::int64_t documents = 0;
  Bytes bytes;
  std::string md5;  ///< hex, over the raw documents in `_id` order: what dbHash says
};

/// Told after each batch how many documents have been read; returns false to give up.
using SumProgress = std::function<bool(std::int64_t documents)>;

/// Streams the collection with read concern majority; memory stays flat.
/// `average_document_size` in bytes sizes the batches (0: unknown). Starts over after a network
/// failure. A collection that does not exist sums up to nothing.
Checksum stream_sum(Run& run, Server& server, const Namespace& collection,
                    std::int64_t average_document_size, const SumProgress& progress = {},
                    Order order = Order::by_id);

/// Count and sizes alone, summed up by the server with read concern majority; `md5` stays empty.
Checksum server_sum(Run& run, Server& server, const Namespace& collection,
                    const Bson& read_concern = doc("level", "majority"));

}  // namespace tidegate::engine::mongodb
