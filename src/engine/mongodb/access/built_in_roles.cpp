#include <algorithm>
#include <array>
#include <map>

#include "engine/mongodb/access/rights.hpp"

namespace tidegate::engine::mongodb {
namespace {

using Actions = std::vector<std::string>;

const Actions k_read{"collStats",   "dbHash",          "dbStats",    "find",
                     "killCursors", "listCollections", "listIndexes"};
const Actions k_write{
    "convertToCapped", "createCollection", "createIndex", "dropCollection",
    "dropIndex",       "insert",           "remove",      "renameCollectionSameDB",
    "update"};
const Actions k_db_admin{"bypassDocumentValidation",
                         "collMod",
                         "collStats",
                         "convertToCapped",
                         "createCollection",
                         "createIndex",
                         "dbStats",
                         "dropCollection",
                         "dropDatabase",
                         "dropIndex",
                         "listCollections",
                         "listIndexes",
                         "renameCollectionSameDB"};
const Actions k_user_admin{"changePassword", "createRole", "createUser", "grantRole"};
const Actions k_restore{"bypassDocumentValidation", "collMod",     "convertToCapped",
                        "createCollection",         "createIndex", "createUser",
                        "dropCollection",           "grantRole",   "insert",
                        "listCollections"};
const Actions k_backup{"find", "listCollections", "listIndexes"};
const Actions k_cluster_admin{"collStats", "dbStats", "dropDatabase"};
const Actions k_cluster_monitor{"collStats", "dbStats"};
const Actions k_nothing{};

Actions together(std::initializer_list<Actions> parts) {
  Actions all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// Roles that every database has, for itself.
const std::map<std::string, Actions>& of_one_database() {
  static const std::map<std::string, Actions> roles{
      {"read", k_read},
      {"readWrite", together({k_read, k_write})},
      {"dbAdmin", k_db_admin},
      {"userAdmin", k_user_admin},
      {"dbOwner", together({k_read, k_write, k_db_admin, k_user_admin})},
  };
  return roles;
}

/// Roles of `admin`, for all databases.
const std::map<std::string, Actions>& of_all_databases() {
  static const Actions everything =
      together({k_read, k_write, k_db_admin, k_user_admin, k_restore});
  static const std::map<std::string, Actions> roles{
      {"readAnyDatabase", k_read},
      {"readWriteAnyDatabase", together({k_read, k_write})},
      {"dbAdminAnyDatabase", k_db_admin},
      {"userAdminAnyDatabase", k_user_admin},
      {"restore", k_restore},
      {"backup", k_backup},
      {"clusterAdmin", k_cluster_admin},
      {"clusterMonitor", k_cluster_monitor},
      {"clusterManager", k_nothing},
      {"hostManager", k_nothing},
      {"enableSharding", k_nothing},
      {"root", everything},
      {"__system", everything},
      // Atlas's own: readWriteAnyDatabase, dbAdminAnyDatabase and what monitors
      {"atlasAdmin", together({k_read, k_write, k_db_admin})},
  };
  return roles;
}

}  // namespace

std::optional<std::vector<Privilege>> built_in(const Role& role) {
  const auto& own = of_one_database();
  if (const auto found = own.find(role.name); found != own.end()) {
    return std::vector<Privilege>{{role.database, "", false, false, found->second}};
  }
  const auto& all = of_all_databases();
  const auto found = all.find(role.name);
  if (role.database != "admin" || found == all.end()) return std::nullopt;
  return std::vector<Privilege>{{"", "", role.name == "__system", false, found->second}};
}

}  // namespace tidegate::engine::mongodb
