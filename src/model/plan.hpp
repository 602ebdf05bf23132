#pragma once

/// The configuration of an operation, resolved and typed. Built by config, read by the use cases.

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/secret.hpp"
#include "model/gate.hpp"
#include "model/names.hpp"
#include "model/pull_plan.hpp"
#include "model/retention.hpp"

namespace tidegate {

/// The connection to a server. Where `uri` has no user or password, the fields beside it are used.
struct Endpoint {
  Secret uri;
  std::string username;
  Secret password;
  std::string origin;  ///< which configuration key it came from, for messages:
                       ///< `databases.syrf.production.uri`
  /// How long a failed sign-in is tried again, and a missing right is waited for.
  std::chrono::milliseconds sign_in_wait{0};
};

enum class ConsistencyWish { prefer, require };

/// The collections or tables to copy. Globs: `*`, `?`, `[a-z]`. Empty include: all but the engine's
/// and tidegate's own.
struct Selection {
  std::vector<std::string> include;
  std::vector<std::string> exclude;
};

struct Waiting {
  int tries = 12;
  std::chrono::milliseconds every{30'000};
};

struct Limits {
  std::optional<std::chrono::milliseconds> timeout;  ///< of the whole run, retries included
  int retries = 0;                                   ///< besides the first try
};

/// The fate of an object that the role which makes a copy cannot make.
enum class Unsupported {
  by_kind,    ///< left out where nothing in the database needs it, else refused
  leave_out,  ///< left out with all that needs it, unless that holds rows
  refuse,
};

/// Objects that a copy may do without.
struct CarryPolicy {
  Unsupported unsupported = Unsupported::by_kind;
  std::vector<std::string> extensions_left_out;
};

/// Settings of a copy in either direction.
struct CopySettings {
  int parallel = 4;  ///< collections or tables at once
  std::string metadata_collection = "snapshot_metadata";
  bool allow_write_access = false;  ///< accept a credential that could write production
  std::string owner = {};           ///< of everything in a copy; empty: as in its source
  CarryPolicy carry = {};
};

/// Where the bucket's name stands in a URL.
enum class Addressing {
  automatic,    ///< in the host where the store is Amazon's, else in the path
  path,         ///< `https://host/bucket/key`
  virtual_host  ///< `https://bucket.host/key`
};

/// A role that Amazon's STS, or a store's own, gives to the holder of a signed token (OIDC).
struct WebIdentity {
  std::string role_arn;
  std::string token_file;  ///< its holder replaces it, so it is read again each time
  std::string session_name;
  std::string endpoint;  ///< of the STS; empty: Amazon's of the region
};

/// An agent that issues keys to a container over HTTP: EKS Pod Identity, ECS.
struct CredentialsEndpoint {
  std::string uri;
  std::string token_file;  ///< may be empty; read again each time
};

/// A profile of the file that Amazon's tools share.
struct SharedCredentials {
  std::string file, profile;
};

/// Where keys come from that are not written down; monostate where they are.
using KeyIssuer = std::variant<std::monostate, WebIdentity, CredentialsEndpoint, SharedCredentials>;

/// An object store: its address, and the keys that may write to it.
struct ObjectStorage {
  std::string endpoint;  ///< `https://s3.eu-central-1.amazonaws.com`; empty: Amazon's of the region
  std::string region;
  std::string key_id;  ///< empty where there is an issuer
  Secret key;
  std::string origin;      ///< of the keys, for messages: `databases.syrf.snapshot.storage`
  Secret session_token{};  ///< of keys that end
  KeyIssuer issuer{};
  Addressing addressing = Addressing::automatic;
  std::string ca_file{};  ///< the only authorities that are trusted; empty: this machine's
};

enum class ArchiveForm {
  custom,    ///< one file
  directory  ///< a directory with a file for each table or collection
};
enum class Compression { automatic, zstd, gzip, none };

/// Snapshots as archives in a directory or an object store.
struct ArchivePlan {
  std::string place;        ///< `/snapshots`, `s3://bucket/prefix`
  ObjectStorage storage{};  ///< only for s3
  ArchiveForm form = ArchiveForm::custom;
  Compression compression = Compression::automatic;
  bool checksums = false;  ///< of each table, taken while the archive is made
  Retention retention{};
};

struct SnapshotPlan {
  std::string name;  ///< of the configured database: `syrf`
  EngineKind engine = EngineKind::mongodb;
  Topology topology;
  Endpoint endpoint;  ///< reads production and writes the snapshot
  Selection selection{};
  ConsistencyWish consistency = ConsistencyWish::prefer;
  std::string schema_version{};
  CopySettings copy{};
  Limits limits{};
  std::optional<std::chrono::milliseconds> max_age{};
  std::optional<ArchivePlan> archives{};  ///< in place of a snapshot database
};

struct RestorePlan {
  std::string name;
  EngineKind engine = EngineKind::mongodb;
  Topology topology;
  TargetName target;
  Endpoint endpoint;  ///< reads the snapshot and writes the target
  CopySettings copy{};
  Limits limits{};
  Waiting waiting{};
  std::string repository{};  ///< recorded; may be empty
  std::string commit{};
  std::optional<std::chrono::milliseconds> max_age{};  ///< an older snapshot is used with a warning
  std::string schedule{};  ///< when the next snapshot is taken, for hints: cron text; may be empty
  std::optional<ArchivePlan> archives{};  ///< where the target is filled from an archive
  std::string from{};                     ///< that archive's name; empty: the newest
};

/// Also for `verify` and `status` of one target.
struct DropPlan {
  std::string name;
  EngineKind engine = EngineKind::mongodb;
  Topology topology;
  TargetName target;
  Endpoint endpoint;
  CopySettings copy{};
  Limits limits{};
  std::string commit{};  ///< with `--seed`
  std::string repository{};
  SeedPlan seed{};  ///< of a numbered preview that is left empty
};

}  // namespace tidegate
