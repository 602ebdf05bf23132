#pragma once

/// archive: snapshots stored as files. An archive appears whole or not at all. A sidecar beside it
/// says where it came from. Only runs of its own database ever remove it.
/// This file: the interface of an archive store; directory/ and s3/ implement it.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::archive {

/// A complete archive: its name has the form of archive_name(), its sidecar names this database,
/// and its size is the one in the sidecar.
struct Entry {
  std::string name;    ///< `atlas-20261122T030000Z.dump`
  SystemTime taken;    ///< when it was begun, from its name: this machine's clock, whole seconds
  Bytes size;          ///< total size of its files
  std::string sha256;  ///< hex; of the file, or of the list of file checksums (sidecar.hpp)
  std::string format;  ///< `pg_dump custom, zstd`
  Metadata metadata;
  /// When the last drill that found it equal was begun. amend() stores it.
  std::optional<SystemTime> drilled = {};
};

/// The contents of a store, as far as one database is concerned.
struct Listing {
  std::vector<Entry> archives;          ///< oldest first
  std::vector<std::string> unfinished;  ///< of this database: drafts, and sidecars without an
                                        ///< archive
  std::vector<std::string> damaged;     ///< named like an archive of this database, but the sidecar
                                        ///< is missing or states another size
  std::vector<std::string> strangers;   ///< all other names; never touched
};

/// A property of a store that does not stop a run, but that its owner should know of.
struct StoreRemark {
  std::string text, hint;
};

/// The right to write archives of one database in one store. Its holder knows that every other
/// writer is dead. The destructor releases it; when the process dies, the operating system or the
/// expiry time does.
class Lock {
 public:
  virtual ~Lock() = default;
  /// Checks that the lock is still held. @throws Error conflict: another run holds it now.
  virtual void confirm(Run& run) = 0;
};

/// An archive that is being written. The destructor discards an unpublished draft.
class Draft {
 public:
  virtual ~Draft() = default;
  /// The local path to write to, where nothing exists yet. The writer creates a file or a directory
  /// there.
  virtual const std::filesystem::path& path() const = 0;
  /// Computes the checksum, syncs the data, and puts first the sidecar and then the archive in
  /// place, so that the archive appears whole.
  /// @throws Error conflict: an archive of that name exists; no_space; otherwise as list(). After
  /// an error nothing has appeared.
  virtual Entry publish(Run& run, const Metadata& metadata, const std::string& format) = 0;
};

/// A complete archive at a local path. The path is valid while this object lives.
class LocalArchive {
 public:
  virtual ~LocalArchive() = default;
  virtual const std::filesystem::path& path() const = 0;
};

/// Errors of all functions: permission (names this process's user, the owner, and the command that
/// fixes it), no_space (with sizes), unreachable and remote (object stores), cancelled, timeout.
/// Every function may be called again after any failure.
class Store {
 public:
  virtual ~Store() = default;
  /// For people: `/snapshots`, `s3://bucket/prefix`.
  virtual std::string place() const = 0;
  /// Checks that the store can be written: creates the directory and performs every step of
  /// publishing with a probe, which is read back and removed, also when the run is stopped. A probe
  /// that a killed process left is removed by the next call.
  virtual void check(Run& run) = 0;
  /// Remarks on the store, after check().
  virtual std::vector<StoreRemark> remarks(Run& run) = 0;
  /// Free space; nothing when it cannot be known.
  virtual std::optional<Bytes> free_space(Run& run) = 0;
  /// Locks the archives of `database` (its configured name, `syrf`).
  /// @throws Error conflict after `wait`; the message names the holder.
  virtual std::unique_ptr<Lock> lock(Run& run, const std::string& database,
                                     std::chrono::milliseconds wait) = 0;
  /// Lists the contents. Never writes. A missing directory counts as empty.
  virtual Listing list(Run& run, const std::string& database) = 0;
  /// Removes the abandoned files of interrupted runs (Listing::unfinished). @returns one line for
  /// people per file.
  virtual std::vector<std::string> clear_unfinished(Run& run, const std::string& database,
                                                    Lock& lock) = 0;
  /// Begins an archive, named after the second in which it is begun; when that second has an
  /// archive already, waits for the next one. `lock` must outlive the draft.
  virtual std::unique_ptr<Draft> begin(Run& run, const std::string& database, SystemTime started,
                                       Lock& lock) = 0;
  /// Makes the archive available at a local path after comparing every byte with the sidecar's
  /// checksum.
  /// @throws Error verification: it is damaged; not_found: it does not exist any more.
  virtual std::unique_ptr<LocalArchive> fetch(Run& run, const Entry& entry) = 0;
  /// Compares like fetch() without keeping a copy. @throws as fetch().
  virtual void prove(Run& run, const Entry& entry) = 0;
  /// Removes the archive first, then its sidecar. Success when it is already gone.
  /// @throws Error conflict: a reader has fetched it, and it stays whole; or the lock is lost.
  virtual void remove(Run& run, const std::string& database, const Entry& entry, Lock& lock) = 0;
  /// Replaces the metadata of a published archive (with checksums computed at its first restore)
  /// and stores `entry.drilled`.
  virtual void amend(Run& run, const Entry& entry, const Metadata& metadata, Lock& lock) = 0;
};

/// Opens the store of a plan without accessing it. @throws Error config: this kind of store does
/// not exist.
using OpenStore = std::function<std::unique_ptr<Store>(const ArchivePlan&)>;

}  // namespace tidegate::archive
