#pragma once

/// engine: what a database kind must be able to do. It names no product, opens no connection by
/// itself, and knows nothing of pull requests, schedules or output. One object speaks with one
/// credential to one server.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/run.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"
#include "model/plan.hpp"

namespace tidegate::engine {

/// One thing that an engine relies on of its server, and what becomes of a run where the server
/// lacks it.
struct Capability {
  enum class State {
    ok,
    fallback,  ///< the engine does the same in another way, or says what it cannot promise
    refused,   ///< what needs it is refused
    unproven,  ///< cannot be known without writing: a run tries it under its lease
  };
  std::string name;  ///< `rename-keeps-uuid`
  State state = State::ok;
  std::string note;  ///< the fallback, or what is refused; empty when ok

  std::string_view word() const;  ///< of the state: `fallback`
};

/// A server's identity and abilities, as data.
struct Capabilities {
  std::string product;           ///< `MongoDB`
  std::string version;           ///< `7.0.14`
  std::string deployment;        ///< `replica set atlas-x1`
  bool point_in_time = false;    ///< one cut for all collections
  std::string why_not;           ///< why there is no point in time, for people
  bool server_checksum = false;  ///< the server can sum a collection up by itself
  std::string method;            ///< how a copy is made, as metadata says it: `$out`
  /// The forms of archive that dump() can make, the default first.
  std::vector<ArchiveForm> archive_forms;
  SystemTime server_time{};  ///< the server's clock at the time of asking
  /// The capabilities that the engine relies on; empty where product and version say all.
  std::vector<Capability> relied_on = {};
};

enum class Need { read, write };

/// The rights of this credential on one database.
struct Rights {
  enum class Basis { privileges, role_names, no_access_control, unknown };
  Basis basis = Basis::unknown;
  std::string user;                  ///< empty when not signed in
  std::vector<std::string> missing;  ///< for the need asked about: `insert on 'syrf_snapshot'`
  std::vector<std::string>
      writes;  ///< actions by which it could change this database: `insert`, `update`
  std::vector<std::string>
      write_roles;  ///< the roles they come from, where known: `readWrite@syrftest`
  /// How to get what is `missing` where statements alone do not help; may be empty.
  std::string hint = {};
};

/// An obstacle to a step of a run, other than a missing right on one database.
struct Obstacle {
  ErrorKind kind = ErrorKind::permission;
  std::string message, hint;
};

/// One collection, table or view of a database.
struct Item {
  std::string name;
  std::string type =
      "collection";  ///< `collection`, `view`, `materialized view`; others are obstacles
  bool is_view() const { return type == "view" || type == "materialized view"; }
  std::int64_t documents = 0;  ///< the server's own count, may be approximate
  Bytes data;                  ///< uncompressed
  Bytes index_data;
  int indexes = 0;
  std::string obstacle;  ///< why it cannot be carried; empty when it can
};

/// The items of a snapshot, as its metadata lists them; index sizes are not in it.
std::vector<Item> items_of(const Metadata& snapshot);

/// The holder of a database's lease, as the lease says.
struct Holder {
  std::string run, host;
  std::int64_t process = 0;
  SystemTime started{};
  std::chrono::milliseconds renewed_ago{0};
  bool expired = false;
  std::string phase;  ///< empty, `publishing` or `dropping`
};

/// The content of a database. Items are sorted by name; collections of tidegate's own and of the
/// engine's are none.
struct Inventory {
  DatabaseName database;
  bool exists = false;
  std::vector<Item> items;
  std::vector<std::string>
      left_out;  ///< said in a warning: `system.js holds 3 functions, which are not copied`
  std::vector<std::string> staging;  ///< names of what unfinished runs have left
  std::optional<Metadata>
      metadata;  ///< the published one; during a publish: the one being published
  std::optional<Holder> holder;
  std::optional<Bytes> filesystem_total, filesystem_free;
  SystemTime server_time{};
  /// The database exists only because an interrupted run, which published nothing, created it:
  /// it holds no one's data.
  bool abandoned = false;
  /// Why its metadata cannot be read; `metadata` is absent then.
  std::string unreadable = {};

  Bytes size() const;  ///< data and indexes
};

/// A database found on the server whose name is of the pattern.
struct FilledDatabase {
  DatabaseName database;
  PullNumber number;
  std::optional<Metadata> metadata;
  std::optional<Holder> holder;
  bool abandoned = false;       ///< as Inventory::leftover
  std::string unreadable = {};  ///< as Inventory::unreadable
};

/// Puts metadata that was read into an Inventory or Filled.
template <class Place>
void tell(Place& place, std::optional<Metadata> read) {
  if (read && !read->unreadable.empty()) {
    place.unreadable = std::move(read->unreadable);
  } else {
    place.metadata = std::move(read);
  }
}

/// Gives back `read`, for a caller that must obey the lock in it.
/// @throws Error remote: the lock cannot be read.
std::optional<Metadata> with_lock(std::optional<Metadata> read);

/// The right to write one place. One holder at a time; renewed in the background while the object
/// lives; gives it back when destroyed (a destructor that cannot, lets it run out).
class Lease {
 public:
  virtual ~Lease() = default;
  virtual const WriteTarget& target() const = 0;
  /// Asks the server again. @throws Error conflict: it is another's now, who is named.
  virtual void confirm(Run& run) = 0;
  /// The work of the last holder that this one has finished or cleared; for people, may be empty.
  virtual std::vector<std::string> recovered() const = 0;
};

/// A copy to make: the items, their source, and the guarantees that it must keep.
struct StageRequest {
  DatabaseName source;
  std::vector<Item> items;  ///< empty: nothing (publishing it empties the target)
  /// The snapshot's metadata when a target is filled from it: definitions and checksums come from
  /// there, and a collection of the target that already equals it is left in place. Absent:
  /// `source` is production.
  std::optional<Metadata> snapshot;
  ConsistencyWish consistency = ConsistencyWish::prefer;
  int parallel = 1;
  /// To whom everything in the copy belongs; empty: as in the source. Engines whose objects have no
  /// owners do not look at it.
  std::string owner = {};
  /// An archive made by dump(): loaded in place of `source`, whose name is only for messages then.
  /// `snapshot` is its metadata.
  std::optional<std::filesystem::path> archive = {};
  CarryPolicy carry = {};
};

/// An archive to make: its items and its form.
struct DumpRequest {
  DatabaseName source;
  std::vector<Item> items;     ///< all of them
  bool whole = true;           ///< nothing was left out of what inspect() found
  std::filesystem::path path;  ///< to be made by dump(): a file or a directory, as the form says
  ArchiveForm form = ArchiveForm::custom;
  Compression compression = Compression::automatic;
  bool checksums = false;
  ConsistencyWish consistency = ConsistencyWish::prefer;
  int parallel = 1;
  std::string owner = {};  ///< to whom everything will belong that is restored from it
  CarryPolicy carry = {};
};

/// A copy of production that is only to be planned.
struct CopyQuestion {
  DatabaseName source;
  std::vector<Item> items;
  std::string owner = {};
  CarryPolicy carry = {};
  bool archive = false;  ///< dump() would make it, not stage()
};

/// The outcome that stage() or dump() would have.
struct CopyOutlook {
  std::vector<std::string> left_out;  ///< what the copy would not have, or not as it was
  std::optional<Error> refusal;       ///< with which the run would end, before it writes anything
};

/// The content of an archive that was made.
struct DumpResult {
  SystemTime cut{};  ///< server clock
  Consistency consistency = Consistency::per_collection;
  std::string method;  ///< `pg_dump`, `stream`
  std::string format;  ///< what it is, for people and for tools: `pg_dump custom, zstd`
  std::vector<Content> contents;
  Verified verified = Verified::none;
  std::string definition = {};  ///< as Metadata::definition
  /// Notes for a restore, in a form of the engine's own; recorded beside the archive.
  std::string restore_notes = {};
};

/// Seed data for a target, in place of a snapshot's.
struct SeedRequest {
  SeedPlan plan;      ///< a command or a file
  std::string owner;  ///< as StageRequest::owner
};

enum class StageOutcome {
  complete,
  source_changed,  ///< dropped, renamed or replaced under the copy, or the snapshot is another one
                   ///< now: start over
};

/// A copy that is not published yet. Discards itself when destroyed, unless its publish has reached
/// the commit point or that is in doubt. A destructor never commits.
class Staged {
 public:
  virtual ~Staged() = default;
  virtual StageOutcome outcome() const = 0;
  virtual std::string reason() const = 0;  ///< of source_changed, for people
  virtual SystemTime cut() const = 0;      ///< server clock
  virtual Consistency consistency() const = 0;
  virtual std::string method() const = 0;
  virtual const std::vector<Content>& contents() const = 0;
  virtual int unchanged() const = 0;  ///< collections left in place because they are equal
};

struct Difference {
  std::string collection, what, expected, found;
};

struct VerifyReport {
  std::vector<Difference> differences;
  Verified method = Verified::none;  ///< the weakest over all contents
  std::vector<Content> contents;     ///< as staged, with checksums
  /// Collections of which documents have expired by themselves: what is left was not compared.
  std::vector<std::string> not_compared = {};
  bool equal() const { return differences.empty(); }
};

/// How long to wait for a place that another run holds.
struct LeaseWish {
  std::chrono::milliseconds wait{0};
};

/// Errors, for all functions: unreachable, permission (action and resource named), remote (server's
/// words and code), cancelled, timeout. All may be called again after any failure.
class Engine {
 public:
  virtual ~Engine() = default;

  /// @throws Error refused: the server is too old (named, with the oldest that will do).
  virtual Capabilities capabilities(Run& run) = 0;
  virtual Rights rights(Run& run, const DatabaseName& database, Need need) = 0;
  /// The same for reading what the selection takes of it. By default the whole database.
  virtual Rights reading_rights(Run& run, const DatabaseName& database, const Selection& selection);
  /// Obstacles that keep this credential from making this database, and from giving it to `owner`
  /// (empty: to no other role). By default none.
  virtual std::vector<Obstacle> creation_obstacles(Run& run, const DatabaseName& database,
                                                   const std::string& owner);
  /// Never writes. A database that does not exist gives `exists == false`, no error.
  virtual Inventory inspect(Run& run, const DatabaseName& database) = 0;
  /// Only the metadata (and by it run and lock): cheap, for asking again right before a destructive
  /// step. Metadata that cannot be read comes with the reason (Metadata::unreadable) as long as its
  /// lock can be read, so that a broken database can be filled again, or dropped.
  /// @throws Error remote: the lock cannot be read either.
  virtual std::optional<Metadata> metadata(Run& run, const DatabaseName& database) = 0;
  /// Every database whose name is exactly of the pattern and which this credential can see, by
  /// number.
  virtual std::vector<FilledDatabase> list(Run& run, const NamePattern& pattern) = 0;

  /// One writer a place. Finishes (after its commit point) or clears (before it) what a dead run
  /// has left.
  /// @throws Error conflict: held by another; names run, host, process and since when.
  virtual std::unique_ptr<Lease> lease(Run& run, const WriteTarget& target, LeaseWish wish) = 0;
  /// Copies under temporary names, invisible until published, indexes included.
  /// @throws Error verification, no_space, and refused where `consistency: require` cannot be held.
  virtual std::unique_ptr<Staged> stage(Run& run, const StageRequest& request, Lease& lease) = 0;
  /// A difference is a result, not an error.
  virtual VerifyReport verify(Run& run, Staged& staged, Lease& lease) = 0;
  /// Commit point, then forward only: after it, the next holder of the lease finishes the rest.
  /// Afterwards the target holds exactly what was staged, and the metadata.
  virtual void publish(Run& run, Staged& staged, const Metadata& metadata, Lease& lease) = 0;
  /// Replaces the metadata of the lease's database, and nothing else.
  /// @throws Error conflict: it says something else than under this lease; nothing was written.
  virtual void note(Run& run, const Metadata& metadata, Lease& lease) = 0;
  /// Puts seed data into the target that the lease holds, which exists and is empty. A file is read
  /// by the engine; a command is run by `/bin/sh -c` with the target's connection string in
  /// `TIDEGATE_URI`, ends with the run, and is killed with all that it has started.
  /// On failure the target may hold a part.
  /// @throws Error not_found, permission: the file; config: there is nothing in it, or a program is
  /// missing; remote: the command, or the server, with its last words.
  virtual void seed(Run& run, const SeedRequest& request, Lease& lease) = 0;
  /// Writes an archive to a path where nothing is, and syncs it to the disk. Reads production only.
  /// On failure the path may hold a part; the caller removes it.
  /// @throws Error no_space with the sizes; verification: what the archive lists is not what was
  /// asked for; config: a program that it takes is missing or too old, with the package to install.
  virtual DumpResult dump(Run& run, const DumpRequest& request) = 0;

  /// Plans a copy of production, and reads only. By default there is nothing to say.
  virtual CopyOutlook outlook(Run& run, const CopyQuestion& question);

  /// Removes the whole database. Success when there is none. A dead drop is finished by the next
  /// holder.
  virtual void drop(Run& run, Lease& lease) = 0;

  /// Compares an archive's own list of what is in it with what `expected` says, without restoring
  /// it. Asks no server. A difference is a result. By default there is no such list, and no
  /// difference. @throws Error verification: it cannot be read.
  virtual VerifyReport examine(Run& run, const std::filesystem::path& archive,
                               const Metadata& expected);

  /// Compares what is there now with what `expected` says should be, down to the documents. Writes
  /// nothing, needs no lease.
  virtual VerifyReport audit(Run& run, const DatabaseName& database, const Metadata& expected) = 0;
};

/// Whose users the statements of check --grants are for.
struct GrantRequest {
  Topology topology;
  std::optional<PullNumber> preview;  ///< which preview's user to print; absent: pr-1 as an example
  std::string owner = {};             ///< as StageRequest::owner
  Selection selection = {};           ///< what the producer reads
  /// Archives are restored for a test with the producer's own credential.
  bool producer_restores = false;
};

/// Everything about an engine kind that needs no connection.
struct Kind {
  EngineKind kind;
  /// Databases that belong to the server itself: `admin`, `local`, `config`.
  std::vector<DatabaseName> own_databases;
  /// Speaks to the endpoint from its first call on, not before. @throws Error config: the
  /// connection string is malformed.
  std::function<std::unique_ptr<Engine>(const Endpoint& endpoint,
                                        const std::string& metadata_collection)>
      connect;
  /// Statements that create exactly the users of one database's flow, for the server's own shell.
  /// No password in them.
  std::function<std::string(const GrantRequest&)> grants;
};

}  // namespace tidegate::engine
