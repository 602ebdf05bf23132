#pragma once

/// Whether what a dump says of roles can be carried out here.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/postgresql/archive/script.hpp"
#include "engine/postgresql/copy/schema_compare.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

/// Of roles that were asked about.
struct KnownRoles {
  std::set<std::string> missing;     ///< there is none of that name
  std::set<std::string> not_usable;  ///< this user cannot act for them
};
KnownRoles look_up(Run& run, SqlSession& session, const std::set<std::string>& names);

/// How a dump is to be loaded.
struct RolePlan {
  bool owners = true;  ///< everything can be given to whom it belonged
  bool privileges = true;
  std::set<int> left_out;                        ///< entries
  std::vector<std::string> said;                 ///< what is not as it was, for people
  std::vector<SchemaException> exceptions = {};  ///< the same, for who compares
};

/// `owner`: to whom everything is to belong; may be empty. Pure.
RolePlan plan_roles(const std::vector<ScriptEntry>& entries, const KnownRoles& roles,
                    const std::string& owner);

/// The same for the database that `session` is in, whose roles are all there.
RolePlan plan_roles(Run& run, SqlSession& session, const std::string& owner);

}  // namespace tidegate::engine::postgresql
