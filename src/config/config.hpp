#pragma once

/// The configuration as typed values and as plans for the use cases. Values are resolved only when
/// they are asked for, so that a job which knows one connection string can share the file.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/secret.hpp"
#include "config/options.hpp"
#include "config/value.hpp"
#include "model/forge_plan.hpp"
#include "model/gitops_plan.hpp"
#include "model/plan.hpp"
#include "model/pull_plan.hpp"
#include "model/pull_request.hpp"
#include "model/render_plan.hpp"
#include "model/schedule.hpp"

namespace tidegate::config {

/// Databases that belong to the server itself, by engine; nothing for an engine that this program
/// cannot operate (yet).
using EngineDatabases = std::function<std::optional<std::vector<DatabaseName>>(EngineKind)>;

/// The database or target that an argument of a command names.
struct Address {
  std::string database;              ///< configured name
  std::optional<TargetName> target;  ///< none: the database itself, or its snapshot
  bool snapshot = false;             ///< the word `snapshot` was given
};
/// Whether the word `snapshot` is a target for this command (`status`, `verify`).
enum class SnapshotWord { refused, accepted };

/// Values that are recorded with a preview.
struct RecordedCommit {
  std::string repository;
  std::string commit;
};

/// Where the daemon listens.
struct ListenAddress {
  std::string address;  ///< `127.0.0.1`, `::1`
  std::uint16_t port = 0;
};

/// One line of `config show`.
struct ShownValue {
  std::string key;     ///< `databases.syrf.snapshot.timeout`
  std::string value;   ///< effective; `***` for a secret, `${NAME} (not set)` where unresolved
  std::string origin;  ///< `--timeout`, `TIDEGATE_…`, `tidegate.yaml:12`, `default`
  Source source = Source::default_value;
};

/// Every getter throws Error config when a value cannot be resolved or is wrong: it names the
/// variable, the key and `file:line`. The Redactor learns every resolved secret first.
/// Not thread safe.
class Config {
 public:
  /// Made by load() (loader.hpp). `redactor` outlives it.
  struct Parts {
    std::string file;                                              ///< empty: none
    std::map<std::string, Value> file_values;                      ///< by concrete path, templates
    std::vector<std::string> database_names;                       ///< in the file's order
    std::map<std::string, std::vector<std::string>> target_names;  ///< by database
    std::vector<std::string> url_names;                            ///< of `github.urls`, in order
    std::map<std::string, int> section_lines;                      ///< of the file, by path
    Flags flags;
    Environment environment;
    EngineDatabases engine_databases;
    bool off = false;  ///< the environment alone is used, and SNAPSHOT_ENABLED is not on
  };
  Config(Parts parts, Redactor& redactor);

  // The databases and targets of the file
  const std::string& file() const noexcept { return parts_.file; }
  const std::vector<std::string>& database_names() const noexcept { return parts_.database_names; }
  std::vector<std::string> target_names(std::string_view database) const;
  EngineKind engine(std::string_view database) const;
  bool has_previews(std::string_view database) const;
  /// There is no file, and SNAPSHOT_ENABLED is off: the daemon has nothing to do. Other commands
  /// can use the database of DATABASE_URL all the same, where its configuration is right.
  bool off() const noexcept { return parts_.off; }

  // Arguments of commands. @throws Error usage (left out though there are several; malformed) or
  // not_found (no such database, with a "did you mean").
  /// The `[DB]` argument of `snapshot`; without it, the only database.
  std::string one_database(const std::optional<std::string>& given) const;
  /// The `[DB]` argument of `check`: the one named, or all.
  std::vector<std::string> databases(const std::optional<std::string>& given) const;
  /// `[DB/]TARGET`. The gate decides whether a named target exists.
  Address address(std::string_view text, SnapshotWord word) const;
  /// `[DB[/TARGET]]` of `status`: one word is a database, or else a target of the only one.
  std::vector<Address> scope(const std::optional<std::string>& given) const;

  // Plans. @throws Error config also when the engine is not part of this program, or the snapshot
  // has no place or two. A restore takes `--from`: usage where snapshots are no archives.
  SnapshotPlan snapshot_plan(std::string_view database) const;
  RestorePlan restore_plan(std::string_view database, const TargetName& target,
                           const RecordedCommit& recorded) const;
  DropPlan drop_plan(std::string_view database, const TargetName& target,
                     const RecordedCommit& recorded) const;

  /// The values that manifests are made of. No secret is resolved. @throws Error config also when
  /// the file holds a secret itself (a ConfigMap is no place for one), when a variable is neither
  /// of a Secret nor given a value, or when a time limit leaves a Job no time.
  RenderPlan render_plan(std::string_view database) const;

  /// Where pull requests' manifests are committed; nothing where no repository is configured.
  /// @throws Error config also when the address has a password or a token in it, or all would share
  /// a folder.
  std::optional<GitopsPlan> gitops() const;

  // Parts of them
  Topology topology(std::string_view database) const;
  ValueOrError<Topology> try_topology(std::string_view database) const;
  Endpoint production(std::string_view database) const;
  Endpoint snapshot(std::string_view database) const;  ///< production's where it has none
  Endpoint target(std::string_view database, const TargetName& target) const;
  /// For `status` and `check`: a value whose variable is unset, whose file is not there, or which
  /// is not configured is unproven. A wrong value still throws.
  ValueOrError<Endpoint> try_production(std::string_view database) const;
  ValueOrError<Endpoint> try_snapshot(std::string_view database) const;
  ValueOrError<Endpoint> try_target(std::string_view database, const TargetName& target) const;
  /// One endpoint for all previews; unproven where it has a `{number}`.
  ValueOrError<Endpoint> try_previews(std::string_view database) const;

  /// The server on which archives are proved: that of the previews, of a named target, or of the
  /// snapshot; the first one that is configured and known.
  Endpoint drill_place(std::string_view database) const;
  ValueOrError<Endpoint> try_drill_place(std::string_view database) const;
  /// Whether that is where the snapshot is taken, whatever is known here.
  bool producer_restores(std::string_view database) const;

  CopySettings copy_settings(std::string_view database) const;
  Selection selection(std::string_view database) const;
  ConsistencyWish consistency(std::string_view database) const;
  Limits snapshot_limits(std::string_view database) const;
  Limits preview_limits(std::string_view database) const;
  Waiting waiting(std::string_view database) const;
  /// Nothing where snapshots are a database.
  std::optional<ArchivePlan> archives(std::string_view database) const;
  ValueOrError<std::optional<ArchivePlan>> try_archives(std::string_view database) const;
  bool enabled(std::string_view database) const;   ///< whether `serve` takes its snapshots
  bool on_start(std::string_view database) const;  ///< the first one when `serve` starts
  std::optional<Schedule> schedule(std::string_view database) const;
  std::optional<Schedule> drill(std::string_view database) const;
  std::optional<std::chrono::milliseconds> max_age(std::string_view database) const;

  // Pull requests. One means the preview in every database that has previews, each a target of its
  // own.
  /// The section `github` is there, or its repository is named by TIDEGATE_GITHUB_REPOSITORY.
  bool has_forge() const;
  /// @throws Error config also where repository or credential are not configured.
  ForgePlan forge_plan() const;
  /// Unproven where no code host is configured, or its credential is not to be had here (a Job in a
  /// cluster has none). A wrong value still throws.
  ValueOrError<ForgePlan> try_forge_plan() const;
  std::vector<Secret> webhook_secrets() const;  ///< none: webhooks are not taken
  PreviewPages preview_pages() const;
  std::vector<std::string> preview_databases() const;  ///< in the file's order
  PullPolicy pull_policy() const;                      ///< the same for every database
  PullPolicy pull_policy(std::string_view database) const;
  SeedPlan seed_plan(std::string_view database) const;
  ValueOrError<SeedPlan> try_seed_plan(std::string_view database) const;
  std::chrono::milliseconds grace(std::string_view database) const;  ///< of `sweep`
  TargetSource source(std::string_view database, std::string_view target) const;
  std::chrono::milliseconds reconcile_every() const;
  std::optional<std::string> queue() const;  ///< a file

  // Of the whole program
  std::optional<std::string> journal() const;
  LogLevel log_level() const;
  LogFormat log_format() const;
  ListenAddress listen() const;
  std::chrono::milliseconds wait() const;  ///< for a place that another run holds
  /// `--timeout` itself, for commands that have no key of their own (`check`, `status`, `verify`).
  std::optional<std::chrono::milliseconds> timeout() const;
  /// A switch (`--json`, `--dry-run`, `--yes`) by flag or environment.
  bool switched_on(std::string_view flag) const;
  /// A value of an option that is no key of the file (`--commit`), by flag or environment.
  std::optional<std::string> given(std::string_view flag) const;

  /// Every value that is set, and every default that applies, in the table's order.
  std::vector<ShownValue> show() const;

 private:
  Parts parts_;
  Redactor* redactor_;
};

}  // namespace tidegate::config
