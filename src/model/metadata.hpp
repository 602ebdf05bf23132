#pragma once

/// The document in every filled database that records where its data came from
/// (docs/reference/metadata.md).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace tidegate {

enum class Status { complete, publishing };
enum class Consistency { point_in_time, per_collection };
/// How a copy was compared with its source, strongest first.
enum class Verified { checksum, size, count, none };

std::string_view to_text(Status);
std::string_view to_text(Consistency);
std::string_view to_text(Verified);
std::optional<Status> parse_status(std::string_view);
std::optional<Consistency> parse_consistency(std::string_view);
std::optional<Verified> parse_verified(std::string_view);
/// The weaker of two.
Verified weaker(Verified a, Verified b);

/// The content that was filled into one collection or table.
struct Content {
  std::string name;
  std::int64_t documents = 0;
  Bytes bytes;           ///< sum of the documents' own sizes
  int indexes = 0;       ///< `_id_` included
  std::string checksum;  ///< hex; empty when none was taken
  /// `view`, which has neither documents nor checksum, or `materialized view`.
  std::string type = "collection";
  Verified verified = Verified::none;
  /// The engine's own description (options, indexes with TTLs, view pipeline) as Extended JSON or
  /// SQL text. For readers it is opaque; a target is built from it.
  std::string definition;
  /// Where the engine computes a part of each document again in every copy: the checksum without
  /// that part. Empty: nothing is computed.
  std::string input_checksum = {};
  std::string note = {};  ///< in which way the copy is not its source, for people

  bool is_view() const { return type == "view" || type == "materialized view"; }
};

/// `4 collections and 1 view`.
std::string counted_kinds(const std::vector<Content>& contents);

/// The snapshot that a target was filled from.
struct SnapshotOrigin {
  std::string run;
  SystemTime timestamp{};
  std::string source;
};

struct PullRequestOrigin {
  std::string repository;
  std::int32_t number = 0;
  std::string commit;
};

struct LockRecord {
  std::string label;
  SystemTime since{};
};

/// A run that was to fill the target and failed. What the target holds is older than that.
struct FailureRecord {
  std::string run;
  SystemTime at{};
  std::string kind;     ///< name of an ErrorKind: `permission`
  std::string message;  ///< without secrets
  std::string hint;     ///< may be empty
  std::string commit;   ///< for which it was to be filled; may be empty
};

struct Metadata {
  SystemTime timestamp{};                ///< moment of the cut, by the server's clock
  std::string source;                    ///< name of the database copied
  std::vector<std::string> collections;  ///< names, sorted; views are not among them
  Status status = Status::complete;
  std::string method;          ///< `$out`, `$merge`, `stream`, `template`, `pg_dump`, `seed`
  std::string schema_version;  ///< the application's own; may be empty
  int schema = 1;              ///< form of this document
  std::string target;          ///< its name in commands: `snapshot`, `pr-42`
  std::string run;
  std::string tool_name = "tidegate";
  std::string tool_version;
  SystemTime started_at{};
  SystemTime finished_at{};
  Consistency consistency = Consistency::per_collection;
  Verified verified = Verified::none;
  std::vector<Content> contents;
  std::optional<SnapshotOrigin> snapshot;
  std::optional<PullRequestOrigin> pull_request;
  std::optional<LockRecord> locked;
  std::optional<FailureRecord> last_failure;  ///< since it was filled
  /// The engine's own description of the database as a whole (locale, settings, extensions), as
  /// text. For readers it is opaque; a copy is built from it.
  std::string definition;
  /// Why the document cannot be read. Then only `locked` means anything, if that.
  std::string unreadable;
  /// Of an archive: what its restore must know besides it, in the engine's own words.
  std::string restore_notes = {};
  bool lock_unknown = false;  ///< the lock cannot be read either

  std::int64_t total_documents() const;
  Bytes total_bytes() const;
  const Content* find(std::string_view name) const;
  /// `4 collections and 1 view`; views only where there are any.
  std::string what_it_holds() const;
};

}  // namespace tidegate
