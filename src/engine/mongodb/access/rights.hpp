#pragma once

/// The rights of a user on one database, as far as the server reports them.

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// Asks the server about the credential that `server` speaks with. The privileges come from
/// `connectionStatus`; where it tells none, from `usersInfo` about the user itself; else from the
/// table of built-in roles. Where no user is signed in, a read of the metadata collection shows
/// whether the server has access control.
engine::Rights rights(Run& run, Server& server, const DatabaseName& database, engine::Need need,
                      const std::string& metadata_collection);

/// The rights that reading this part of the database takes. Where `include` names each collection,
/// rights on those collections do, with `listCollections` on the database; a pattern may match any
/// collection, and takes rights on the database. A view takes none: its definition is listed.
engine::Rights reading_rights(Run& run, Server& server, const DatabaseName& database,
                              const Selection& selection, const std::string& metadata_collection);

/// Actions on one resource. Empty `database` or `collection`: any (but `system.*`).
struct Privilege {
  std::string database, collection;
  bool any_resource = false;
  bool cluster = false;
  std::vector<std::string> actions;
};

struct Role {
  std::string name, database;
  std::string text() const { return name + "@" + database; }
};

/// As connectionStatus and usersInfo tell them: `{resource: {db, collection}, actions: […]}`.
/// Resources of unknown form are left out.
std::vector<Privilege> read_privileges(const std::vector<Bson>& privileges);
/// `{role, db}`; each once.
std::vector<Role> read_roles(const std::vector<Bson>& roles);

/// The privileges of a built-in role that matter here (MongoDB manual, "Built-In Roles", 7.0);
/// nothing for a role that is not built in.
std::optional<std::vector<Privilege>> built_in(const Role& role);

struct Evaluation {
  std::vector<std::string> missing, writes;
};

/// Which of the needed actions are missing, and which held ones change the database, or let the
/// user give itself the right to. Pure.
Evaluation evaluate(const std::vector<Privilege>& privileges, const std::string& database,
                    engine::Need need);

/// Which of the actions that reading these collections takes are missing. Pure.
std::vector<std::string> missing_to_read(const std::vector<Privilege>& privileges,
                                         const std::string& database,
                                         const std::vector<std::string>& collections);

/// The roles among these that carry writes to the database: the built-in ones that do and, when
/// they do not explain all, the only other role there is. Pure.
std::vector<std::string> writing_roles(const std::vector<Role>& roles, const std::string& database,
                                       const std::vector<std::string>& writes);

}  // namespace tidegate::engine::mongodb
