#include "engine/postgresql/access/roles.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_set_option_since = 160000;

// From version 16 on a member may lack the right to SET ROLE.
std::string usable(const SqlSession& session, std::string_view role) {
  return fmt::format("pg_has_role(current_user, {}, '{}')", role,
                     session.version() >= k_set_option_since ? "SET" : "MEMBER");
}

constexpr auto k_owners = R"(
SELECT DISTINCT owner::regrole::text FROM (
  SELECT relowner FROM pg_class WHERE oid >= 16384 AND relkind <> 't'
  UNION ALL SELECT nspowner FROM pg_namespace WHERE oid >= 16384
  UNION ALL SELECT proowner FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT typowner FROM pg_type WHERE oid >= 16384
  UNION ALL SELECT lomowner FROM pg_largeobject_metadata) AS all_owners(owner)
WHERE NOT {})";

constexpr auto k_default_grantors =
    "SELECT DISTINCT defaclrole::regrole::text FROM pg_default_acl WHERE NOT {}";

std::vector<std::string> column(const Rows& rows) {
  std::vector<std::string> texts;
  for (int row = 0; row < rows.count(); ++row) texts.push_back(rows.text(row, 0));
  return texts;
}

std::string nobody_to_own(const std::vector<std::string>& roles, std::string_view why) {
  return fmt::format("everything belongs to the user that signs in: {} {}", fmt::join(roles, ", "),
                     why);
}

std::set<std::string> among(const std::set<std::string>& names, const std::set<std::string>& of) {
  std::set<std::string> both;
  for (const auto& name : names) {
    if (of.count(name) != 0) both.insert(name);
  }
  return both;
}

bool cannot_stay(const ScriptEntry& entry, const KnownRoles& roles) {
  if (entry.kind == "USER MAPPING") return true;
  if (!among(entry.others, roles.missing).empty()) return true;
  // ALTER DEFAULT PRIVILEGES FOR ROLE is its owner's.
  return entry.kind == "DEFAULT ACL" &&
         (roles.missing.count(entry.owner) != 0 || roles.not_usable.count(entry.owner) != 0);
}

void say_left_out(const ScriptEntry& entry, const KnownRoles& roles, RolePlan& plan) {
  const auto absent = among(entry.others, roles.missing);
  const auto* what = entry.kind == "POLICY"         ? "policy"
                     : entry.kind == "USER MAPPING" ? "sign-in"
                                                    : "grants on";
  plan.said.push_back(absent.empty() ? fmt::format("{} '{}' left out", what, entry.name)
                                     : fmt::format("{} '{}' left out: there is no role '{}'", what,
                                                   entry.name, fmt::join(absent, "', '")));
}

}  // namespace

KnownRoles look_up(Run& run, SqlSession& session, const std::set<std::string>& names) {
  KnownRoles roles;
  const auto rows = session.ask(
      run,
      fmt::format("SELECT wanted, r.oid IS NULL, r.oid IS NOT NULL AND NOT {} "
                  "FROM unnest($1::text[]) AS wanted LEFT JOIN pg_roles r ON r.rolname = wanted",
                  usable(session, "coalesce(r.oid, 0)")),
      {array_of({names.begin(), names.end()})});
  for (int row = 0; row < rows.count(); ++row) {
    if (rows.flag(row, 1)) roles.missing.insert(rows.text(row, 0));
    if (rows.flag(row, 2)) roles.not_usable.insert(rows.text(row, 0));
  }
  return roles;
}

RolePlan plan_roles(const std::vector<ScriptEntry>& entries, const KnownRoles& roles,
                    const std::string& owner) {
  RolePlan plan;
  std::set<std::string> missing, not_usable;
  for (const auto& entry : entries) {
    if (roles.missing.count(entry.owner) != 0) missing.insert(entry.owner);
    if (roles.not_usable.count(entry.owner) != 0) not_usable.insert(entry.owner);
    if (!cannot_stay(entry, roles)) continue;
    plan.left_out.insert(entry.id);
    plan.exceptions.push_back({entry.kind, entry.schema, entry.name, {}});
    say_left_out(entry, roles, plan);
  }
  plan.owners = owner.empty() && missing.empty() && not_usable.empty();
  if (!owner.empty()) return plan;
  if (!missing.empty()) {
    plan.said.push_back(nobody_to_own({missing.begin(), missing.end()}, "is not on the server"));
  }
  if (!not_usable.empty()) {
    plan.said.push_back(
        nobody_to_own({not_usable.begin(), not_usable.end()}, "cannot be given anything by it"));
  }
  return plan;
}

RolePlan plan_roles(Run& run, SqlSession& session, const std::string& owner) {
  RolePlan plan;
  if (owner.empty()) {
    const auto owners =
        column(session.ask(run, fmt::format(fmt::runtime(k_owners), usable(session, "owner"))));
    plan.owners = owners.empty();
    if (!plan.owners) plan.said.push_back(nobody_to_own(owners, "cannot be given anything by it"));
  } else {
    plan.owners = false;
  }
  const auto grantors = column(session.ask(
      run, fmt::format(fmt::runtime(k_default_grantors), usable(session, "defaclrole"))));
  plan.privileges = grantors.empty();
  if (!plan.privileges) {
    for (const auto* type : {"ACL", "DEFAULT ACL"}) plan.exceptions.push_back({type, {}, {}, {}});
    plan.said.push_back(fmt::format("grants left out: default privileges of {} cannot be made",
                                    fmt::join(grantors, ", ")));
  }
  return plan;
}

}  // namespace tidegate::engine::postgresql
