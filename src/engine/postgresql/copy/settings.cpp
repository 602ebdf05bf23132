#include "engine/postgresql/copy/settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace tidegate::engine::postgresql {
namespace {

/// The settings that the server marks as GUC_LIST_QUOTE: their values are lists of quoted names,
/// and a value quoted as a whole would be one long name (pg_dump keeps the same list, dumputils.c).
constexpr std::array k_lists{"local_preload_libraries",   "search_path",
                             "session_preload_libraries", "shared_preload_libraries",
                             "temp_tablespaces",          "unix_socket_directories"};

struct Carrying {
  Run& run;
  SqlSession& session;
  DatabaseName to;
  std::string quoted = session.name(to.text());

  /// Tries a statement whose refusal does no harm to the data. @returns whether it succeeded.
  bool try_to(const std::string& statement, const std::string& what) {
    try {
      session.tell(run, statement);
      return true;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::permission && error.kind() != ErrorKind::remote) throw;
      run.progress().step(Mark::warning, "left out", fmt::format("{}: {}", what, error.message()));
      return false;
    }
  }
};

std::string dotted(const SqlSession& session, const std::string& setting) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= setting.size();) {
    const auto end = std::min(setting.find('.', begin), setting.size());
    parts.push_back(session.name(setting.substr(begin, end - begin)));
    begin = end + 1;
  }
  return fmt::format("{}", fmt::join(parts, "."));
}

std::string value_of(const SqlSession& session, const std::string& setting,
                     const std::string& value) {
  if (std::find(k_lists.begin(), k_lists.end(), setting) == k_lists.end()) {
    return session.literal(value);
  }
  std::vector<std::string> quoted;
  for (const auto& each : names_in_setting(value)) quoted.push_back(session.literal(each));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

std::vector<SchemaException> carry_each_setting(Carrying& carrying,
                                                const std::vector<DatabaseSetting>& settings) {
  auto& session = carrying.session;
  std::vector<SchemaException> left_out;
  for (const auto& each : settings) {
    const auto whose = each.role.empty() ? "DATABASE " + carrying.quoted
                                         : fmt::format("ROLE {} IN DATABASE {}",
                                                       session.name(each.role), carrying.quoted);
    const bool done = carrying.try_to(
        fmt::format("ALTER {} SET {} TO {}", whose, dotted(session, each.name),
                    value_of(session, each.name, each.value)),
        fmt::format("setting '{}'{}", each.name, each.role.empty() ? "" : " of " + each.role));
    if (!done) left_out.push_back({"SETTING", each.role, each.name, {}});
  }
  return left_out;
}

void carry_grants(Carrying& carrying, const std::vector<DatabaseGrant>& grants) {
  auto& session = carrying.session;
  carrying.try_to(fmt::format("REVOKE ALL ON DATABASE {} FROM PUBLIC", carrying.quoted), "grants");
  for (const auto& each : grants) {
    carrying.try_to(fmt::format("GRANT {} ON DATABASE {} TO {}{}", each.right, carrying.quoted,
                                each.role.empty() ? "PUBLIC" : session.name(each.role),
                                each.with_grant_option ? " WITH GRANT OPTION" : ""),
                    fmt::format("{} for {}", each.right,
                                each.role.empty() ? "everybody" : "'" + each.role + "'"));
  }
}

/// `former`: of the database that is copied; empty where it is not known.
void carry_owner(Carrying& carrying, const std::string& former, const std::string& wanted) {
  auto& session = carrying.session;
  const auto statement = [&](const std::string& role) {
    return fmt::format("ALTER DATABASE {} OWNER TO {}", carrying.quoted, session.name(role));
  };
  if (!wanted.empty()) {
    session.tell(carrying.run, statement(wanted),
                 fmt::format("to make '{}' the owner: membership in it", wanted));
    return;
  }
  if (former.empty()) return;
  const auto user = session.ask(carrying.run, "SELECT current_user").text(0, 0);
  if (user != former) {
    carrying.try_to(statement(former), fmt::format("owner '{}' of the database", former));
  }
}

}  // namespace

std::vector<std::string> names_in_setting(const std::string& value) {
  std::vector<std::string> names;
  std::string name;
  bool quoted = false;
  bool any = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '"' && quoted && i + 1 < value.size() && value[i + 1] == '"') {
      name += value[++i];
    } else if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (!quoted && c == ',') {
      names.push_back(std::exchange(name, {}));
    } else if (quoted || c != ' ') {
      name += c;
      any = true;
    }
  }
  if (any) names.push_back(name);
  return names;
}

std::vector<SchemaException> carry_settings(Run& run, SqlSession& session,
                                            const std::vector<DatabaseSetting>& settings,
                                            const std::optional<DatabaseRights>& rights,
                                            const DatabaseName& to, const std::string& owner) {
  Carrying carrying{run, session, to};
  auto left_out = carry_each_setting(carrying, settings);
  if (rights && rights->grants) carry_grants(carrying, *rights->grants);
  carry_owner(carrying, rights ? rights->owner : std::string(), owner);
  return left_out;
}

}  // namespace tidegate::engine::postgresql
