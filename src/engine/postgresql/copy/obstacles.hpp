#pragma once

/// The obstacles of a single entry of a dump. Pure; a part of plan_copy().

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/postgresql/copy/copy_plan.hpp"

namespace tidegate::engine::postgresql {

struct EntryObstacle {
  std::string why;
  std::string name = {};         ///< of the entry, where it is clearer than the list's text
  std::string key = {};          ///< of an extension: its name in the configuration
  std::string hint = {};         ///< replaces the usual hint
  bool must_be_carried = false;  ///< without it, data or its visibility would change
  bool never_carried = false;    ///< no copy has it, under any role
  bool named = false;            ///< the configuration leaves it out by name
  bool changed = false;          ///< it is made in another form, and nothing is lost
  bool silent = false;           ///< the same, and not reported
};

class Obstacles {
 public:
  /// Keeps references to all of them; they must outlive it.
  Obstacles(const std::vector<Entry>& entries, const DumpFacts& facts, const Place& place,
            const CarryPolicy& policy);

  /// Nothing where the place can make it as it is.
  std::optional<EntryObstacle> of(const Entry& entry);
  /// Adds extensions and grants that replace their entries, unless those are left out.
  void add_steps(CopyPlan& plan) const;
  /// Whether only a superuser can make it, also where the session is a superuser's.
  bool takes_superuser(const Entry& entry) const;
  /// The owner that the role cannot give the object to; else empty.
  std::string owner_who_cannot_have(const Entry& entry) const;

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;
  const Trait* trait(Key key, Trait::Kind kind) const;
  const Entry* parent_of(const Entry& entry) const;
  std::vector<std::string> missing_in(const std::vector<std::string>& roles) const;
  std::optional<EntryObstacle> of_type(const Entry& entry) const;
  std::optional<EntryObstacle> of_extension(const Entry& entry);
  std::optional<EntryObstacle> of_policy(const Entry& entry) const;
  std::optional<EntryObstacle> of_grants(const Entry& entry);
  std::optional<EntryObstacle> of_orphan(const Entry& entry) const;
  std::optional<EntryObstacle> of_default_grants(const Entry& entry) const;
  std::optional<EntryObstacle> of_search_path(const Entry& entry) const;
  bool is_left_out(const std::string& extension) const;

  const DumpFacts& facts_;
  const Place& place_;
  const CarryPolicy& policy_;
  std::map<int, const Entry*> by_id_;
  std::multimap<Key, const Trait*> traits_;
  std::vector<std::pair<int, ExtensionStep>> steps_;  // entry, step
  std::vector<std::pair<int, const Trait*>> grants_;  // object's entry, its grants
};

}  // namespace tidegate::engine::postgresql
