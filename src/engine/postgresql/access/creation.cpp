#include "engine/postgresql/access/creation.hpp"

#include <fmt/format.h>

#include "engine/postgresql/access/reading_grants.hpp"
#include "engine/postgresql/driver/sql_states.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_membership_options_since = 160000;

// Giving a database away takes SET ROLE to the new owner. Renaming and dropping it afterwards takes
// the privileges of that role.
constexpr auto k_owner = R"(
SELECT pg_has_role(current_user, r.oid, 'USAGE') AND pg_has_role(current_user, r.oid, '{}'),
  current_user
FROM pg_roles r WHERE r.rolname = $1)";

engine::Obstacle missing_owner(const std::string& owner) {
  return {
      ErrorKind::config,
      fmt::format("'previews.owner' names role '{}', which does not exist", owner),
      fmt::format("create it: CREATE ROLE {}; or correct 'previews.owner'", quoted_name(owner))};
}

engine::Obstacle no_member(const std::string& owner, const std::string& user, bool has_options) {
  return {ErrorKind::permission,
          fmt::format("'{}' cannot give databases to '{}' (previews.owner): it is not a member "
                      "of that role with the right to act for it",
                      user, owner),
          fmt::format("GRANT {} TO {}{}; (as a superuser, or as a role that has it WITH ADMIN "
                      "OPTION)",
                      quoted_name(owner), quoted_name(user),
                      has_options ? " WITH INHERIT TRUE, SET TRUE" : "")};
}

std::string membership(int version) {
  return version >= k_membership_options_since ? "SET" : "MEMBER";
}

}  // namespace

std::vector<engine::Obstacle> creation_obstacles(Run& run, Server& server,
                                                 const std::string& owner) {
  if (server.ask(run, "SELECT pg_is_in_recovery()").flag(0, 0)) {
    // A standby cannot create roles either, so this is the only obstacle to report.
    return {{ErrorKind::config,
             fmt::format("{} is a standby; no database can be created there", server.display()),
             std::string(k_read_only_hint)}};
  }
  if (owner.empty()) return {};
  const auto version = server.version(run);
  const auto rows =
      server.ask(run, fmt::format(fmt::runtime(k_owner), membership(version)), {owner});
  if (rows.empty()) return {missing_owner(owner)};
  if (rows.flag(0, 0)) return {};
  return {no_member(owner, rows.text(0, 1), version >= k_membership_options_since)};
}

}  // namespace tidegate::engine::postgresql
