#pragma once

/// The promise "never back to production" as a type.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/names.hpp"

namespace tidegate {

/// The names that belong to one configured database: production, snapshot, previews, targets.
struct Topology {
  DatabaseName production;
  std::optional<DatabaseName> snapshot;  ///< none where snapshots are archives
  std::optional<NamePattern> previews;
  std::map<std::string, DatabaseName> targets;  ///< named targets by their configured name
  std::vector<DatabaseName>
      protected_names;  ///< never written, besides production, snapshot and engine's own
  std::vector<DatabaseName> engine_own;  ///< admin, local, config; postgres, template0, template1
  std::string name = {};  ///< of the configured database (`syrf`), for messages; may be empty
};

/// Whether a target may be touched, and why not. `since` is for people; both may be empty.
struct LockState {
  bool locked = false;
  std::string label;
  std::string since;
};

/// Permission to overwrite or drop one database, for one run.
/// Only Gate makes one, so a function that asks for a WriteTarget cannot be given production.
class WriteTarget {
 public:
  enum class Role { snapshot, preview, named, scratch };
  const DatabaseName& database() const noexcept { return database_; }
  Role role() const noexcept { return role_; }
  /// Its name in commands: `snapshot`, `pr-42`, `staging`.
  const std::string& label() const noexcept { return label_; }

 private:
  friend class Gate;
  WriteTarget(DatabaseName database, Role role, std::string label)
      : database_(std::move(database)), role_(role), label_(std::move(label)) {}
  DatabaseName database_;
  Role role_;
  std::string label_;
};

/// Decides which databases may be written. Pure: same inputs, same answer.
/// Names decide, so that no alias, SRV record or socket path can avoid it; comparing hosts can only
/// add refusals. Every refusal is an Error of kind refused (locked for a lock) that says which
/// rule, what was expected, and how to lift it where it can be lifted. Names are compared as
/// servers do (same_database).
class Gate {
 public:
  /// @throws Error config when the topology contradicts itself: the pattern could produce
  /// production, the snapshot, a named target or a protected name; snapshot or a named target is
  /// production or the engine's own; two of them are the same database.
  explicit Gate(Topology topology);

  const Topology& topology() const noexcept { return topology_; }

  /// Permission for the configured snapshot and nothing else. The protected list does not forbid
  /// it.
  WriteTarget snapshot(const DatabaseName& name) const;
  /// Permission for preview `number`, whose name must be exactly what the pattern makes of it.
  WriteTarget preview(const DatabaseName& name, PullNumber number, const LockState& lock) const;
  /// Permission for a configured named target. The protected list does not forbid it.
  WriteTarget target(const DatabaseName& name, const TargetName& target,
                     const LockState& lock) const;
  /// Permission for a database of tidegate's own, in which an archive of the configured `database`
  /// is proved: `tidegate_drill_<database>`. It is the same for each restore test, so that the next
  /// one finds data left by an interrupted one.
  /// @throws Error config: the configuration already uses that name.
  WriteTarget scratch(std::string_view database) const;

  /// The database of a target's name. Uses no connection.
  /// @throws Error refused: it names production, the snapshot, a protected database or one of the
  /// server's own.
  /// @throws Error not_found: no such target (with what there is and a "did you mean"), or no
  /// previews are configured.
  DatabaseName database_of(const TargetName& target) const;
  /// preview() or target(), as the target's name asks.
  WriteTarget permit(const TargetName& target, const LockState& lock) const;

 private:
  void refuse_common(const DatabaseName& name, std::string_view label) const;
  Topology topology_;
};

}  // namespace tidegate
