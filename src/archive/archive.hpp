#pragma once

/// archive: where snapshots live as files. An archive appears whole or not at all, stands beside a
/// sidecar that says where it came from, and is only ever removed by its own database's runs. This
/// file: what a place for archives must be able to do; directory/ and s3/ do it.

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

/// A complete archive: named as archive_name() says, with a sidecar that names this database, and
/// of the size that the sidecar names.
struct Entry {
  std::string name;    ///< `atlas-20261122T030000Z.dump`
  SystemTime taken;    ///< when it was begun, by this clock, as its name says; whole seconds
  Bytes size;          ///< all its files
  std::string sha256;  ///< hex; of the file, or of the list of its files' sums (sidecar.hpp)
  std::string format;  ///< `pg_dump custom, zstd`
  Metadata metadata;
  /// When the last drill was begun that found it equal. Kept by amend().
  std::optional<SystemTime> drilled = {};
};

/// What there is in a place, as far as one database is concerned.
struct Listing {
  std::vector<Entry> archives;          ///< oldest first
  std::vector<std::string> unfinished;  ///< of this database: drafts, and sidecars without archive
  std::vector<std::string> damaged;     ///< has our name, but no sidecar or not the size it says
  std::vector<std::string> strangers;   ///< everything else; never touched
};

/// The right to write archives of one database in one place; whoever has it knows that every other
/// writer is dead. Given back when destroyed, and by the operating system or the clock when the
/// process dies.
class Lock {
 public:
  virtual ~Lock() = default;
  /// @throws Error conflict: it is another's now.
  virtual void confirm(Run& run) = 0;
};

/// An archive being made. Discards what was written when it is destroyed unpublished.
class Draft {
 public:
  virtual ~Draft() = default;
  /// Where to make it: a local path at which nothing is yet. A file or a directory.
  virtual const std::filesystem::path& path() const = 0;
  /// Sums it up, syncs it, puts the sidecar and then the archive in place, so that it appears
  /// whole. @throws Error conflict: an archive of that name is there already; no_space; otherwise
  /// as list(). Nothing appears then.
  virtual Entry publish(Run& run, const Metadata& metadata, const std::string& format) = 0;
};

/// A complete archive at a local path, for as long as this lives.
class Fetched {
 public:
  virtual ~Fetched() = default;
  virtual const std::filesystem::path& path() const = 0;
};

/// Errors, for all functions: permission (who we are, whose it is, the command that mends it),
/// no_space (with sizes), unreachable and remote (object stores), cancelled, timeout. All may be
/// called again after any failure.
class Store {
 public:
  virtual ~Store() = default;
  /// For people: `/snapshots`, `s3://bucket/prefix`.
  virtual std::string place() const = 0;
  /// Whether it can be written: makes the directory, does with a probe what publishing does.
  virtual void check(Run& run) = 0;
  /// What is free there; nothing where that cannot be known.
  virtual std::optional<Bytes> free_space(Run& run) = 0;
  /// `database`: as configured (`syrf`). @throws Error conflict after `wait`, who holds it.
  virtual std::unique_ptr<Lock> lock(Run& run, const std::string& database,
                                     std::chrono::milliseconds wait) = 0;
  /// Never writes. A directory that is not there is empty.
  virtual Listing list(Run& run, const std::string& database) = 0;
  /// Removes what dead runs have left (Listing::unfinished). @returns what, for people.
  virtual std::vector<std::string> clear_unfinished(Run& run, const std::string& database,
                                                    Lock& lock) = 0;
  /// Names it after the second in which it was begun; where that one has an archive already, waits
  /// for the next. `lock` outlives the draft.
  virtual std::unique_ptr<Draft> begin(Run& run, const std::string& database, SystemTime started,
                                       Lock& lock) = 0;
  /// Compares every byte with the sidecar's sum, then hands it over.
  /// @throws Error verification: it is damaged; not_found: it is gone.
  virtual std::unique_ptr<Fetched> fetch(Run& run, const Entry& entry) = 0;
  /// The same without keeping it. @throws the same.
  virtual void prove(Run& run, const Entry& entry) = 0;
  /// The archive first, then its sidecar. Success when it is gone already.
  /// @throws Error conflict: somebody has fetched it; it is whole. Or the lock is lost.
  virtual void remove(Run& run, const std::string& database, const Entry& entry, Lock& lock) = 0;
  /// Replaces the metadata of a published archive (checksums learnt at its first restore), and
  /// notes `entry.drilled`.
  virtual void amend(Run& run, const Entry& entry, const Metadata& metadata, Lock& lock) = 0;
};

/// Opens the place of a plan; touches nothing yet. @throws Error config: no such kind of place.
using OpenStore = std::function<std::unique_ptr<Store>(const ArchivePlan&)>;

}  // namespace tidegate::archive
