#include "engine/postgresql/copy/obstacles.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_superuser_only = "only a superuser can make it";
constexpr int k_public_is_the_owners_since = 150000;

bool is_one_of(const std::string& text, const auto& list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

constexpr std::array<std::string_view, 10> k_superusers_types{
    "ACCESS METHOD",  "EVENT TRIGGER",      "FOREIGN DATA WRAPPER",
    "OPERATOR CLASS", "OPERATOR FAMILY",    "PROCEDURAL LANGUAGE",
    "SHELL TYPE",     "TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE",
    "SERVER"};

// Schema public exists before anything is loaded.
bool is_of_schema_public(const Entry& entry) {
  return entry.text.find(" - SCHEMA public ") != std::string::npos ||
         entry.begins("SCHEMA - public ");
}

std::string extension_of(const Entry& entry) {
  auto name = entry.text.substr(std::string_view("EXTENSION - ").size());
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return name;
}

}  // namespace

Obstacles::Obstacles(const std::vector<Entry>& entries, const DumpFacts& facts, const Place& place,
                     const CarryPolicy& policy)
    : facts_(facts), place_(place), policy_(policy) {
  for (const auto& entry : entries) by_id_[entry.id] = &entry;
  for (const auto& trait : facts.traits) {
    traits_.emplace(Key{trait.catalog, trait.object}, &trait);
  }
}

const Trait* Obstacles::trait(Key key, Trait::Kind kind) const {
  const auto [first, last] = traits_.equal_range(key);
  const auto found =
      std::find_if(first, last, [&](const auto& each) { return each.second->kind == kind; });
  return found == last ? nullptr : found->second;
}

const Entry* Obstacles::parent_of(const Entry& entry) const {
  for (const int id : entry.needs) {
    const auto found = by_id_.find(id);
    if (found != by_id_.end() && found->second->type != "ACL") return found->second;
  }
  return nullptr;
}

std::vector<std::string> Obstacles::missing_in(const std::vector<std::string>& roles) const {
  std::vector<std::string> missing;
  for (const auto& role : roles) {
    if (place_.roles.count(role) == 0) missing.push_back(role);
  }
  return missing;
}

bool Obstacles::is_left_out(const std::string& extension) const {
  return is_one_of(extension, policy_.extensions_left_out);
}

bool Obstacles::takes_superuser(const Entry& entry) const {
  return is_one_of(entry.type, k_superusers_types) ||
         trait({entry.catalog, entry.object}, Trait::Kind::superuser) != nullptr;
}

std::optional<EntryObstacle> Obstacles::of(const Entry& entry) {
  if (entry.type == "EXTENSION") return of_extension(entry);
  if (entry.type == "POLICY") return of_policy(entry);
  if (entry.type == "DEFAULT ACL") return of_default_grants(entry);
  if (entry.type == "ACL") return of_grants(entry);
  if (auto obstacle = of_type(entry)) return obstacle;
  return of_search_path(entry);
}

std::optional<EntryObstacle> Obstacles::of_type(const Entry& entry) const {
  EntryObstacle obstacle;
  obstacle.never_carried = true;
  if (entry.type == "PUBLICATION") {
    obstacle.why = "a copy publishes nothing";
    return obstacle;
  }
  if (entry.type == "SUBSCRIPTION") {
    obstacle.silent = true;  // not_carried() names it, also where pg_dump does not see it
    return obstacle;
  }
  if (entry.type == "USER MAPPING") {
    obstacle.silent = true;
    return obstacle;
  }
  if (entry.type == "EVENT TRIGGER" && place_.superuser && place_.gives_all) {
    obstacle.why =
        fmt::format("it would run as a superuser, and '{}' could change its code", place_.role);
    return obstacle;
  }
  if (place_.superuser) return std::nullopt;
  obstacle.never_carried = false;
  const bool on_public =
      is_of_schema_public(entry) && place_.version < k_public_is_the_owners_since;
  if (entry.type == "SECURITY LABEL" || (entry.type == "COMMENT" && on_public)) {
    obstacle.why = k_superuser_only;
    if (entry.type == "COMMENT") obstacle.name = "comment on schema 'public'";
    return obstacle;
  }
  if (!takes_superuser(entry)) return std::nullopt;
  const auto* known = trait({entry.catalog, entry.object}, Trait::Kind::superuser);
  obstacle.why = known == nullptr || known->why.empty()
                     ? k_superuser_only
                     : fmt::format("{}: {}", k_superuser_only, known->why);
  if (known != nullptr) obstacle.name = known->name;
  return obstacle;
}

std::optional<EntryObstacle> Obstacles::of_extension(const Entry& entry) {
  const auto name = extension_of(entry);
  const auto* known = trait({entry.catalog, entry.object}, Trait::Kind::extension);
  const auto wanted = known == nullptr ? std::string() : known->version;
  EntryObstacle obstacle{{}, fmt::format("extension '{}'", name), name};
  if (is_left_out(name)) {
    obstacle.why = "'snapshot.extensions.leave_out' names it";
    obstacle.named = true;
    return obstacle;
  }
  const auto available = place_.extensions.find(name);
  if (available == place_.extensions.end()) {
    obstacle.why = "the server does not offer it";
    return obstacle;
  }
  const auto default_version = place_.default_versions.find(name);
  const auto find = [&](const std::string& version) {
    return std::find_if(available->second.begin(), available->second.end(),
                        [&](const auto& each) { return each.version == version; });
  };
  auto version = find(wanted);
  const bool other = version == available->second.end();
  if (other && default_version != place_.default_versions.end()) {
    version = find(default_version->second);
  }
  if (version == available->second.end()) {
    obstacle.why = fmt::format("the server cannot install version {}", wanted);
    return obstacle;
  }
  if (version->superuser && !place_.superuser) {
    obstacle.why = "only a superuser can install it";
    return obstacle;
  }
  if (known != nullptr) steps_.push_back({entry.id, {name, known->schema, version->version}});
  if (!other || wanted.empty()) return std::nullopt;
  obstacle.why =
      fmt::format("it is version {}, for the server cannot install {}", version->version, wanted);
  obstacle.changed = true;
  return obstacle;
}

std::optional<EntryObstacle> Obstacles::of_policy(const Entry& entry) const {
  const auto* known = trait({entry.catalog, entry.object}, Trait::Kind::policy);
  if (known == nullptr) return std::nullopt;
  const auto missing = missing_in(known->roles);
  if (missing.empty()) return std::nullopt;
  EntryObstacle obstacle{
      fmt::format("there is no role '{}' on the server", fmt::join(missing, "', '")), known->name};
  // A policy for a missing role alone has no effect; for other roles it decides which rows they
  // see.
  obstacle.must_be_carried = missing.size() != known->roles.size();
  if (obstacle.must_be_carried) obstacle.hint = "create that role on the server";
  return obstacle;
}

std::optional<EntryObstacle> Obstacles::of_default_grants(const Entry& entry) const {
  const auto* known = trait({entry.catalog, entry.object}, Trait::Kind::default_grants);
  if (known == nullptr) return std::nullopt;
  const auto missing = missing_in(known->roles);
  if (!missing.empty()) {
    return EntryObstacle{
        fmt::format("there is no role '{}' on the server", fmt::join(missing, "', '")),
        known->name};
  }
  const auto& maker = known->roles.front();
  if (place_.superuser || maker == place_.role || place_.usable.count(maker) != 0) {
    return std::nullopt;
  }
  return EntryObstacle{fmt::format("'{}' cannot act for '{}'", place_.role, maker), known->name};
}

// Grants on an object that the dump does not make: the server's, an extension's, or schema public.
std::optional<EntryObstacle> Obstacles::of_orphan(const Entry& entry) const {
  const bool of_the_server =
      entry.begins("ACL pg_catalog ") || entry.begins("ACL information_schema ");
  if (place_.superuser) {
    if (of_the_server || policy_.extensions_left_out.empty() || is_of_schema_public(entry)) {
      return std::nullopt;
    }
    return EntryObstacle{"they may be on an object of an extension that is left out"};
  }
  return EntryObstacle{of_the_server ? "they are on an object of the server"
                                     : "they are on an object of an extension or of the server"};
}

std::optional<EntryObstacle> Obstacles::of_grants(const Entry& entry) {
  const auto* parent = parent_of(entry);
  const bool on_public = is_of_schema_public(entry);
  if (on_public && !place_.superuser && place_.version < k_public_is_the_owners_since) {
    return EntryObstacle{"schema public belongs to the server before PostgreSQL 15",
                         "grants on schema 'public'"};
  }
  if (parent == nullptr && !on_public) {
    auto obstacle = of_orphan(entry);
    if (obstacle) obstacle->name = "grants on " + name_of(entry, facts_.owners).substr(4);
    return obstacle;
  }
  constexpr std::int64_t k_schemas = 2615, k_public = 2200;
  const Key key =
      parent == nullptr ? Key{k_schemas, k_public} : Key{parent->catalog, parent->object};
  const auto* known = trait(key, Trait::Kind::grants);
  if (known == nullptr) known = trait({key.first, 0}, Trait::Kind::grants);  // large objects
  if (known == nullptr) return std::nullopt;
  const auto missing = missing_in(known->roles);
  const bool by_others = !known->grants.empty() && !place_.superuser;
  if (missing.empty() && !by_others) return std::nullopt;
  EntryObstacle obstacle;
  obstacle.name = fmt::format("grants on {}", known->name);
  obstacle.silent = std::any_of(grants_.begin(), grants_.end(),
                                [&](const auto& each) { return each.second == known; });
  if (!missing.empty()) {
    obstacle.why = fmt::format("there is no role '{}' on the server", fmt::join(missing, "', '"));
  } else {
    obstacle.why = "the owner makes them: only a superuser can make another role's grants";
    obstacle.changed = true;
  }
  grants_.emplace_back(parent == nullptr ? 0 : parent->id, known);
  return obstacle;
}

std::optional<EntryObstacle> Obstacles::of_search_path(const Entry& entry) const {
  const auto* known = trait({entry.catalog, entry.object}, Trait::Kind::search_path);
  if (known == nullptr) return std::nullopt;
  EntryObstacle obstacle{known->why, known->name};
  obstacle.must_be_carried = entry.type == "TABLE";
  obstacle.hint =
      "in production, give the function the schemas that it needs: 'ALTER FUNCTION … SET "
      "search_path = …'";
  return obstacle;
}

void Obstacles::add_steps(CopyPlan& plan) const {
  for (const auto& [id, step] : steps_) {
    if (plan.left_out.count(id) != 0) continue;
    plan.extensions.push_back(step);
    if (place_.superuser && place_.gives_all) plan.makers[id] = Maker::session;
  }
  std::set<const Trait*> done;
  for (const auto& [id, known] : grants_) {
    // The object itself may be left out.
    if (plan.left_out.count(id) != 0 || !done.insert(known).second) continue;
    for (const auto& grant : known->grants) {
      const bool there = grant.role.empty() || place_.roles.count(grant.role) != 0;
      if (there) plan.grants.push_back(grant);
    }
  }
}

std::string Obstacles::owner_who_cannot_have(const Entry& entry) const {
  if (place_.gives_all) return {};
  const auto owner = owner_of(entry, facts_.owners);
  if (owner.empty() && !facts_.owners_known) return "another role";
  if (owner.empty() || owner == place_.role) return {};
  const bool exists = place_.roles.count(owner) != 0;
  if (place_.superuser) return exists ? std::string() : owner;
  const bool on_public =
      is_of_schema_public(entry) && place_.version < k_public_is_the_owners_since;
  return exists && !on_public && place_.usable.count(owner) != 0 ? std::string() : owner;
}

}  // namespace tidegate::engine::postgresql
