#include "engine/mongodb/access/rights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/glob.hpp"
#include "engine/mongodb/driver/if_permitted.hpp"
#include "model/selection.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::array<std::string_view, 5> k_to_read{"find", "listCollections", "listIndexes",
                                                    "collStats", "dbStats"};
/// Of those the ones that are asked of each collection.
constexpr std::array<std::string_view, 3> k_to_read_one{"find", "listIndexes", "collStats"};
constexpr std::array<std::string_view, 13> k_to_write{"find",
                                                      "insert",
                                                      "update",
                                                      "remove",
                                                      "createCollection",
                                                      "createIndex",
                                                      "dropCollection",
                                                      "renameCollectionSameDB",
                                                      "dbHash",
                                                      "listCollections",
                                                      "listIndexes",
                                                      "collStats",
                                                      "collMod"};
constexpr std::string_view k_bypass = "bypassDocumentValidation";
// The server takes these for a rename where renameCollectionSameDB is not held
// (src/mongo/db/auth/authorization_checks, checkAuthForRenameCollectionCommand).
constexpr std::array<std::string_view, 4> k_rename_pieces{"find", "dropCollection", "insert",
                                                          "createIndex"};
constexpr std::array<std::string_view, 17> k_changes{"insert",          "update",
                                                     "remove",          "createCollection",
                                                     "dropCollection",  "dropDatabase",
                                                     "createIndex",     "dropIndex",
                                                     "collMod",         "renameCollectionSameDB",
                                                     "convertToCapped", "emptycapped",
                                                     k_bypass,          "createSearchIndexes",
                                                     "dropSearchIndex", "updateSearchIndex",
                                                     "applyOps"};
// By these a user gives itself, or another that it makes, the right to write.
constexpr std::array<std::string_view, 2> k_self_service{"grantRole", "createUser"};

bool covers(const Privilege& privilege, std::string_view database) {
  if (privilege.any_resource) return true;
  return !privilege.cluster && (privilege.database.empty() || privilege.database == database);
}

bool covers_all_of(const Privilege& privilege, std::string_view database) {
  return covers(privilege, database) && (privilege.any_resource || privilege.collection.empty());
}

bool covers_one(const Privilege& privilege, std::string_view database,
                std::string_view collection) {
  return covers(privilege, database) && (privilege.any_resource || privilege.collection.empty() ||
                                         privilege.collection == collection);
}

/// Actions that are held.
class Names {
 public:
  void add(const std::vector<std::string>& actions) {
    names_.insert(actions.begin(), actions.end());
  }
  /// The server tells a set of all actions as the one word `anyAction`.
  bool has(std::string_view action) const {
    return names_.find(action) != names_.end() || names_.find("anyAction") != names_.end();
  }

 private:
  std::set<std::string, std::less<>> names_;
};

template <class Condition>
Names actions_where(const std::vector<Privilege>& privileges, Condition condition) {
  Names held;
  for (const auto& privilege : privileges) {
    if (condition(privilege)) held.add(privilege.actions);
  }
  return held;
}

bool may_rename(const Names& held) {
  return held.has("renameCollectionSameDB") ||
         std::all_of(k_rename_pieces.begin(), k_rename_pieces.end(),
                     [&](auto piece) { return held.has(piece); });
}

std::vector<std::string> missing_of(const Names& held, const std::string& database,
                                    engine::Need need) {
  std::vector<std::string> missing;
  const auto want = [&](std::string_view action) {
    const bool has = action == "renameCollectionSameDB" ? may_rename(held) : held.has(action);
    if (!has) missing.push_back(fmt::format("{} on '{}'", action, database));
  };
  if (need == engine::Need::read) {
    for (const auto action : k_to_read) want(action);
    return missing;
  }
  for (const auto action : k_to_write) want(action);
  want(k_bypass);
  return missing;
}

std::vector<std::string> writes_of(const std::vector<Privilege>& privileges,
                                   const std::string& database) {
  std::vector<std::string> writes;
  const auto held =
      actions_where(privileges, [&](const auto& each) { return covers(each, database); });
  for (const auto action : k_changes) {
    if (held.has(action)) writes.emplace_back(action);
  }
  for (const auto* place : {database.c_str(), "admin"}) {
    const auto there =
        actions_where(privileges, [&](const auto& each) { return covers_all_of(each, place); });
    for (const auto action : k_self_service) {
      if (!there.has(action)) continue;
      auto text = fmt::format("{} on '{}'", action, place);
      if (std::find(writes.begin(), writes.end(), text) == writes.end()) writes.push_back(text);
    }
    if (database == "admin") break;
  }
  return writes;
}

/// The user's roles and privileges, as the server reports them.
struct ReportedUser {
  std::vector<Role> roles;
  std::vector<Privilege> privileges;
  bool privileges_told = false;
};

ReportedUser ask(Run& run, Server& server, const Bson& status) {
  ReportedUser told{read_roles(status.documents("authInfo.authenticatedUserRoles")),
                    read_privileges(status.documents("authInfo.authenticatedUserPrivileges")),
                    false};
  told.privileges_told = !told.privileges.empty();
  if (told.privileges_told) return told;
  const auto self = status.documents("authInfo.authenticatedUsers").front();
  Bson command =
      doc("usersInfo",
          doc("user", std::string_view(self.text("user")), "db", std::string_view(self.text("db"))),
          "showPrivileges", true);
  const auto reply = if_permitted(run, server, "admin", command);
  const auto users = reply ? reply->documents("users") : std::vector<Bson>{};
  if (users.empty()) return told;
  const auto& user = users.front();
  told.privileges_told = user.has("inheritedPrivileges");
  told.privileges = read_privileges(user.documents("inheritedPrivileges"));
  if (told.roles.empty()) {
    auto all = user.documents("inheritedRoles");
    const auto direct = user.documents("roles");
    all.insert(all.end(), direct.begin(), direct.end());
    told.roles = read_roles(all);
  }
  return told;
}

/// `only`: where not empty, the collections that are to be read.
engine::Rights evaluate_told(const ReportedUser& told, const std::string& database,
                             engine::Need need, const std::vector<std::string>& only) {
  engine::Rights result;
  auto privileges = told.privileges;
  result.basis = engine::Rights::Basis::privileges;
  if (!told.privileges_told) {
    result.basis = engine::Rights::Basis::role_names;
    for (const auto& role : told.roles) {
      const auto known = built_in(role);
      if (known) privileges.insert(privileges.end(), known->begin(), known->end());
      if (!known) result.basis = engine::Rights::Basis::unknown;
    }
  }
  auto evaluation = evaluate(privileges, database, need);
  if (!only.empty()) evaluation.missing = missing_to_read(privileges, database, only);
  // A role that is not known may hold an action that seems missing.
  if (result.basis != engine::Rights::Basis::unknown) result.missing = evaluation.missing;
  result.writes = std::move(evaluation.writes);
  result.write_roles = writing_roles(told.roles, database, result.writes);
  return result;
}

engine::Rights rights_without_user(Run& run, Server& server, const std::string& database,
                                   engine::Need need, const std::string& metadata_collection) {
  engine::Rights result;
  const auto probe =
      doc("find", std::string_view(metadata_collection), "limit", 1, "singleBatch", true);
  if (if_permitted(run, server, database, probe)) {
    result.basis = engine::Rights::Basis::no_access_control;
    for (const auto action : k_changes) result.writes.emplace_back(action);
    return result;
  }
  result.basis = engine::Rights::Basis::privileges;
  result.missing = evaluate({}, database, need).missing;
  return result;
}

}  // namespace

std::vector<Privilege> read_privileges(const std::vector<Bson>& privileges) {
  std::vector<Privilege> result;
  for (const auto& each : privileges) {
    Privilege privilege{each.text("resource.db"), each.text("resource.collection"),
                        each.truth("resource.anyResource"), each.truth("resource.cluster"),
                        each.texts("actions")};
    const bool known = privilege.any_resource || privilege.cluster ||
                       (each.has("resource.db") && each.has("resource.collection"));
    if (known) result.push_back(std::move(privilege));
  }
  return result;
}

std::vector<Role> read_roles(const std::vector<Bson>& roles) {
  std::vector<Role> result;
  for (const auto& each : roles) {
    Role role{each.text("role"), each.text("db")};
    const bool seen = std::any_of(result.begin(), result.end(),
                                  [&](const Role& other) { return other.text() == role.text(); });
    if (!seen) result.push_back(std::move(role));
  }
  return result;
}

Evaluation evaluate(const std::vector<Privilege>& privileges, const std::string& database,
                    engine::Need need) {
  const auto held =
      actions_where(privileges, [&](const auto& each) { return covers_all_of(each, database); });
  return {missing_of(held, database, need), writes_of(privileges, database)};
}

std::vector<std::string> writing_roles(const std::vector<Role>& roles, const std::string& database,
                                       const std::vector<std::string>& writes) {
  std::vector<std::string> result;
  std::vector<std::string> custom;
  Names explained;
  for (const auto& role : roles) {
    const auto known = built_in(role);
    if (!known) {
      custom.push_back(role.text());
      continue;
    }
    const auto carried = evaluate(*known, database, engine::Need::read).writes;
    if (!carried.empty()) result.push_back(role.text());
    explained.add(carried);
  }
  const bool all_explained = std::all_of(writes.begin(), writes.end(),
                                         [&](const auto& action) { return explained.has(action); });
  if (!all_explained && custom.size() == 1) result.push_back(custom.front());
  return result;
}

std::vector<std::string> missing_to_read(const std::vector<Privilege>& privileges,
                                         const std::string& database,
                                         const std::vector<std::string>& collections) {
  std::vector<std::string> missing;
  const auto of_all =
      actions_where(privileges, [&](const auto& each) { return covers_all_of(each, database); });
  constexpr std::string_view k_list = "listCollections";
  if (!of_all.has(k_list)) missing.push_back(fmt::format("{} on '{}'", k_list, database));
  for (const auto& name : collections) {
    const auto held = actions_where(
        privileges, [&](const auto& each) { return covers_one(each, database, name); });
    for (const auto action : k_to_read_one) {
      if (!held.has(action))
        missing.push_back(fmt::format("{} on '{}.{}'", action, database, name));
    }
  }
  return missing;
}

namespace {

engine::Rights rights_on(Run& run, Server& server, const std::string& database, engine::Need need,
                         const std::string& metadata_collection,
                         const std::vector<std::string>& only) {
  // MongoDB answers every client; where it refuses, no user is signed in.
  const auto status =
      if_permitted(run, server, "admin", doc("connectionStatus", 1, "showPrivileges", true));
  const auto users =
      status ? status->documents("authInfo.authenticatedUsers") : std::vector<Bson>{};
  if (users.empty()) return rights_without_user(run, server, database, need, metadata_collection);
  auto result = evaluate_told(ask(run, server, *status), database, need, only);
  result.user = users.front().text("user");
  return result;
}

/// The collections of a selection that names each of them. Views, which are not read, are none.
std::vector<std::string> named_collections(Run& run, Server& server, const std::string& database,
                                           const Selection& selection) {
  auto names = select(selection, selection.include).taken;
  const auto either = doc("name", Bson().add_array("$in", Bson::strings(names)));
  const auto reply =
      if_permitted(run, server, database, doc("listCollections", 1, "filter", either));
  if (!reply) return names;
  for (const auto& each : reply->documents("cursor.firstBatch")) {
    if (each.text("type") == "view") std::erase(names, each.text("name"));
  }
  return names;
}

}  // namespace

engine::Rights rights(Run& run, Server& server, const DatabaseName& database, engine::Need need,
                      const std::string& metadata_collection) {
  return rights_on(run, server, database.text(), need, metadata_collection, {});
}

engine::Rights reading_rights(Run& run, Server& server, const DatabaseName& database,
                              const Selection& selection, const std::string& metadata_collection) {
  auto of_all = rights(run, server, database, engine::Need::read, metadata_collection);
  if (of_all.missing.empty() || selection.include.empty()) return of_all;
  const auto pattern = std::find_if(selection.include.begin(), selection.include.end(),
                                    [](const auto& wish) { return is_glob(wish); });
  if (pattern != selection.include.end()) {
    of_all.hint = fmt::format(
        "'{}' in 'snapshot.include' may match any collection, and so takes these rights on the "
        "whole database: grant them there, or name each collection",
        *pattern);
    return of_all;
  }
  const auto names = named_collections(run, server, database.text(), selection);
  if (names.empty()) return of_all;
  return rights_on(run, server, database.text(), engine::Need::read, metadata_collection, names);
}

}  // namespace tidegate::engine::mongodb
