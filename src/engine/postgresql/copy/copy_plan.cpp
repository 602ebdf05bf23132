#include "engine/postgresql/copy/copy_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/postgresql/copy/obstacles.hpp"

namespace tidegate::engine::postgresql {
namespace {

using Outcome = Verdict::Outcome;

// Belongs to another entry and is not named by itself.
bool is_attendant(const Entry& entry) {
  constexpr std::array<std::string_view, 11> k_types{"ACL",
                                                     "COMMENT",
                                                     "SECURITY LABEL",
                                                     "PUBLICATION TABLE",
                                                     "TABLE DATA",
                                                     "PUBLICATION TABLES IN SCHEMA",
                                                     "MATERIALIZED VIEW DATA",
                                                     "SEQUENCE SET",
                                                     "SUBSCRIPTION TABLE",
                                                     "ROW SECURITY",
                                                     "BLOBS"};
  return std::find(k_types.begin(), k_types.end(), entry.type) != k_types.end();
}

// The other entries belong to the owner of their table, or to no role.
bool has_owner(const Entry& entry) {
  constexpr std::array<std::string_view, 27> k_types{"AGGREGATE",
                                                     "BLOB",
                                                     "BLOB METADATA",
                                                     "COLLATION",
                                                     "CONVERSION",
                                                     "DOMAIN",
                                                     "EVENT TRIGGER",
                                                     "FOREIGN DATA WRAPPER",
                                                     "FOREIGN TABLE",
                                                     "FUNCTION",
                                                     "MATERIALIZED VIEW",
                                                     "OPERATOR",
                                                     "OPERATOR CLASS",
                                                     "OPERATOR FAMILY",
                                                     "PROCEDURAL LANGUAGE",
                                                     "PROCEDURE",
                                                     "PUBLICATION",
                                                     "SCHEMA",
                                                     "SEQUENCE",
                                                     "SERVER",
                                                     "SHELL TYPE",
                                                     "STATISTICS",
                                                     "TABLE",
                                                     "TEXT SEARCH CONFIGURATION",
                                                     "TEXT SEARCH DICTIONARY",
                                                     "TYPE",
                                                     "VIEW"};
  return std::find(k_types.begin(), k_types.end(), entry.type) != k_types.end();
}

bool holds_rows(const Entry& entry) { return entry.type == "TABLE" || entry.type == "SEQUENCE"; }

class Planner {
 public:
  Planner(const std::vector<Entry>& entries, const DumpFacts& facts, const Place& place,
          const CarryPolicy& policy)
      : entries_(entries),
        facts_(facts),
        place_(place),
        policy_(policy),
        obstacles_(entries, facts, place, policy) {
    for (const auto& entry : entries) by_id_[entry.id] = &entry;
  }

  CopyPlan plan() {
    for (const auto& entry : entries_) {
      if (auto obstacle = obstacles_.of(entry)) roots_.emplace(entry.id, std::move(*obstacle));
    }
    for (const auto& [id, obstacle] : roots_) {
      // An extension of another version still serves the entries that need it.
      const bool stays = obstacle.changed && by_id_.at(id)->type != "ACL";
      (stays ? plan_.changed : plan_.left_out).insert(id);
    }
    while (spread()) {
    }
    for (const auto& entry : entries_) judge(entry);
    obstacles_.add_steps(plan_);
    note_makers();
    return std::move(plan_);
  }

 private:
  // One round: leaves out each entry that needs an entry that is left out.
  bool spread() {
    bool more = false;
    for (const auto& entry : entries_) {
      if (plan_.left_out.count(entry.id) != 0) continue;
      const auto need = std::find_if(entry.needs.begin(), entry.needs.end(),
                                     [&](int id) { return plan_.left_out.count(id) != 0; });
      if (need == entry.needs.end()) continue;
      plan_.left_out.insert(entry.id);
      cause_[entry.id] = *need;
      if (!is_attendant(entry)) users_[root_of(*need)].push_back(&entry);
      more = true;
    }
    return more;
  }

  int root_of(int id) const {
    for (auto at = cause_.find(id); at != cause_.end(); at = cause_.find(id)) id = at->second;
    return id;
  }

  std::string name_of(const Entry& entry) const {
    const auto root = roots_.find(entry.id);
    if (root != roots_.end() && !root->second.name.empty()) return root->second.name;
    return postgresql::name_of(entry, facts_.owners);
  }

  void judge(const Entry& entry) {
    const auto root = roots_.find(entry.id);
    if (root != roots_.end()) return judge_root(entry, root->second);
    const auto cause = cause_.find(entry.id);
    if (cause == cause_.end() || is_attendant(entry)) return;
    const auto& first = *by_id_.at(root_of(entry.id));
    if (!explicitly(roots_.at(first.id)) || holds_rows(entry)) return;  // the root is refused
    plan_.verdicts.push_back(
        {Outcome::left_out, name_of(entry), fmt::format("it needs {}", name_of(first))});
  }

  // Whether the configuration asks to leave it out with everything that needs it.
  bool explicitly(const EntryObstacle& obstacle) const {
    return obstacle.named || policy_.unsupported == Unsupported::leave_out;
  }

  void judge_root(const Entry& entry, const EntryObstacle& obstacle) {
    if (obstacle.silent) return;
    const auto& users = users_[entry.id];
    const auto blocking = std::find_if(users.begin(), users.end(), [&](const Entry* user) {
      return !explicitly(obstacle) || holds_rows(*user);
    });
    const bool in_use = blocking != users.end();
    const bool unwanted = policy_.unsupported == Unsupported::refuse && !obstacle.never_carried &&
                          !obstacle.named && !obstacle.changed;
    const bool must = obstacle.must_be_carried && !(explicitly(obstacle) && !holds_rows(entry));
    Verdict verdict{obstacle.changed ? Outcome::changed : Outcome::left_out, name_of(entry),
                    obstacle.why};
    if (in_use || unwanted || must) {
      verdict.fate = Outcome::refused;
      if (in_use) verdict.why += fmt::format(", and {} needs it", name_of(**blocking));
      verdict.hint = hint_for(entry, obstacle, in_use && holds_rows(**blocking));
    }
    plan_.verdicts.push_back(std::move(verdict));
  }

  std::string hint_for(const Entry& entry, const EntryObstacle& obstacle, bool rows) const {
    if (!obstacle.hint.empty()) return obstacle.hint;
    if (rows) {
      return "make the copy as a superuser, or leave out the tables that need it: "
             "'snapshot.exclude'";
    }
    if (entry.type == "EXTENSION") {
      return fmt::format(
          "make the copy as a superuser, or leave it out with everything that needs it: "
          "'snapshot.extensions.leave_out: [{}]'",
          obstacle.key);
    }
    return "make the copy as a superuser, or set 'snapshot.unsupported: leave_out'";
  }

  void note_makers() {
    std::map<std::string, int> kept;
    std::set<std::string> owners;
    for (const auto& entry : entries_) {
      owners.insert(owner_of(entry, facts_.owners));
      if (plan_.left_out.count(entry.id) != 0 || !has_owner(entry)) continue;
      if (obstacles_.takes_superuser(entry)) {
        if (place_.superuser && place_.gives_all) plan_.makers[entry.id] = Maker::session;
      } else if (const auto owner = obstacles_.owner_who_cannot_have(entry); !owner.empty()) {
        plan_.makers[entry.id] = Maker::keeper;
        kept[owner] += entry.alike;
      }
    }
    for (const auto& owner : owners) {
      if (!place_.gives_all && place_.usable.count(owner) != 0) plan_.new_owners.push_back(owner);
    }
    for (const auto& [owner, count] : kept) {
      plan_.verdicts.push_back(
          {Outcome::changed, fmt::format("objects of '{}' ({})", owner, count),
           fmt::format("they belong to '{}': {}", place_.role,
                       place_.roles.count(owner) == 0 ? "there is no such role on the server"
                                                      : "it cannot give anything to that role")});
    }
  }

  const std::vector<Entry>& entries_;
  const DumpFacts& facts_;
  const Place& place_;
  const CarryPolicy& policy_;
  Obstacles obstacles_;
  CopyPlan plan_;
  std::map<int, const Entry*> by_id_;
  std::map<int, EntryObstacle> roots_;
  std::map<int, int> cause_;                        // entry -> the entry that it needs and lacks
  std::map<int, std::vector<const Entry*>> users_;  // root -> entries that belong to it
};

bool is_index(const Entry& entry) { return entry.type == "INDEX" || entry.type == "CONSTRAINT"; }

}  // namespace

bool CopyPlan::makes_extension(const std::string& name) const {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const ExtensionStep& step) { return step.name == name; });
}

std::vector<std::string> CopyPlan::said() const {
  std::vector<std::string> texts;
  for (const auto& verdict : verdicts) {
    if (verdict.fate != Outcome::refused) texts.push_back(verdict.text());
  }
  return texts;
}

std::optional<Error> CopyPlan::refusal(ErrorKind kind) const {
  std::vector<std::string> reasons, hints;
  for (const auto& verdict : verdicts) {
    if (verdict.fate != Outcome::refused) continue;
    reasons.push_back(fmt::format("{} ({})", verdict.name, verdict.why));
    const bool known = std::find(hints.begin(), hints.end(), verdict.hint) != hints.end();
    if (!known && !verdict.hint.empty()) hints.push_back(verdict.hint);
  }
  if (reasons.empty()) return std::nullopt;
  return Error(kind, fmt::format("cannot carry {}; nothing was written", fmt::join(reasons, ", ")),
               fmt::format("{}", fmt::join(hints, "\n")));
}

CopyPlan plan_copy(const std::vector<Entry>& entries, const DumpFacts& facts, const Place& place,
                   const CarryPolicy& policy) {
  return Planner(entries, facts, place, policy).plan();
}

std::vector<std::string> roles_in(const DumpFacts& facts) {
  std::set<std::string> names(facts.owners.begin(), facts.owners.end());
  for (const auto& trait : facts.traits) names.insert(trait.roles.begin(), trait.roles.end());
  return {names.begin(), names.end()};
}

std::vector<Content> without_left_out(const std::vector<Entry>& entries, const CopyPlan& plan,
                                      std::vector<Content> contents) {
  std::map<int, int> indexes;  // table -> how many are left out
  std::vector<const Entry*> gone;
  for (const auto& entry : entries) {
    if (plan.left_out.count(entry.id) == 0) continue;
    gone.push_back(&entry);
    if (!is_index(entry)) continue;
    const std::set<int> needs(entry.needs.begin(), entry.needs.end());
    for (const auto id : needs) ++indexes[id];
  }
  std::erase_if(contents, [&](const Content& content) {
    return std::any_of(gone.begin(), gone.end(),
                       [&](const Entry* entry) { return makes(*entry, content); });
  });
  if (indexes.empty()) return contents;
  for (auto& content : contents) {
    for (const auto& entry : entries) {
      const auto fewer = indexes.find(entry.id);
      if (fewer != indexes.end() && makes(entry, content)) content.indexes -= fewer->second;
    }
  }
  return contents;
}

}  // namespace tidegate::engine::postgresql
