#pragma once

/// The checksum of a collection that this run has just written, or is about to leave in place.

#include <string>

#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/lease.hpp"

namespace tidegate::engine::mongodb {

/// While this lives, the lease outlasts work that blocks writes to its database, as dbHash does:
/// renewals are writes, too. Taken once for many checksums, since a write in between would make
/// them wait for each other.
class LeaseExtension {
 public:
  /// `estimate` of the whole work; a spare is added.
  LeaseExtension(Run& run, ServerLease& lease, std::chrono::milliseconds estimate);
  ~LeaseExtension();
  LeaseExtension(const LeaseExtension&) = delete;
  LeaseExtension& operator=(const LeaseExtension&) = delete;

 private:
  Run& run_;
  ServerLease& lease_;
};

/// md5 over the raw documents in `_id` order, hex. By dbHash, which blocks writes to the database
/// while it runs (hence Blocking); where the server has none, or refuses it, by reading the
/// documents. `documents` and `size` are about right.
std::string checksum(Run& run, Server& server, const Namespace& collection, std::int64_t documents,
                     Bytes size);

}  // namespace tidegate::engine::mongodb
