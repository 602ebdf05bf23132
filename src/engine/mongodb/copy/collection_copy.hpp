#pragma once

/// One collection or view on its way from source to target.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/copy/audit.hpp"
#include "engine/mongodb/copy/definition.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::mongodb {

/// At what moment something is read.
struct ReadPoint {
  std::optional<ClusterTime> time;  ///< absent: `majority`, whatever is newest
  Bson concern() const;
};

/// Where the documents are when they come from an archive.
struct DocumentFile {
  std::filesystem::path path;
  Compression compression = Compression::zstd;
};

/// CollectionCopy::method where the documents come by way of this process.
inline constexpr const char* k_stream = "stream";

struct CollectionCopy {
  std::string name;       ///< final name
  Definition definition;  ///< the true one, TTLs included
  Namespace
      source;  ///< where it is read now; during a snapshot's publish this may be a staging name
  std::string source_uuid;
  std::int64_t expected_documents = 0;
  Bytes expected_bytes;
  std::optional<Content>
      recorded;  ///< what the snapshot's metadata says of it; absent for production

  std::optional<DocumentFile> file;  ///< in place of `source`, which is only for messages then

  std::string staging;  ///< name in the target; empty for a view or an unchanged collection
  std::string staged_uuid;
  bool unchanged = false;              ///< the target's own collection is equal and stays
  std::string kept_uuid;               ///< of that collection
  ReadPoint read_at;                   ///< at which it was copied in the end
  bool at_cut = false;                 ///< read_at is the cut of all
  std::string method = "$out";         ///< or `$merge`, or k_stream
  std::optional<Checksum> source_sum;  ///< of production at read_at (no md5)
  std::int64_t empty_timestamps = 0;   ///< documents of production that have any, at read_at
  std::chrono::milliseconds copy_time{0}, index_time{0};
  std::string checksum;  ///< of the staged copy
  Verified verified = Verified::none;

  bool is_view() const { return definition.is_view(); }
  bool is_capped() const { return definition.options.truth("capped"); }
  Content content() const;
};

}  // namespace tidegate::engine::mongodb
