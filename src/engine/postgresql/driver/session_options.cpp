#include "engine/postgresql/driver/session_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tidegate::engine::postgresql {
namespace {

/// The settings that this server knows and whose value at the start of a session differs.
/// `reset_val` is that value, whatever the session itself has set.
constexpr auto k_overrides = R"(
SELECT name, wanted.value
FROM (VALUES
  ('default_transaction_read_only', 'off', 'seed'), ('statement_timeout', '0', 'seed'),
  ('lock_timeout', '0', 'seed'), ('transaction_timeout', '0', 'seed'),
  ('idle_in_transaction_session_timeout', '0', 'seed'), ('idle_session_timeout', '0', 'seed'),
  ('default_tablespace', '', 'load'), ('default_transaction_isolation', 'read committed', 'load'),
  ('TimeZone', 'UTC', 'dump'), ('bytea_output', 'hex', 'dump'), ('xmlbinary', 'base64', 'dump'),
  ('quote_all_identifiers', 'off', 'dump')) AS wanted(name, value, use)
JOIN pg_settings USING (name)
WHERE wanted.use IN ('seed', $1) AND reset_val <> wanted.value
ORDER BY name COLLATE "C")";

constexpr auto k_writing = R"(
SELECT DISTINCT ON (name) name, value
FROM (
  SELECT split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value,
    CASE WHEN s.setrole = 0 THEN 1 WHEN s.setdatabase = 0 THEN 2 ELSE 3 END AS weight
  FROM pg_database d
  JOIN pg_db_role_setting s ON s.setdatabase IN (d.oid, 0) AND s.setrole IN (d.datdba, 0)
  CROSS JOIN LATERAL unnest(s.setconfig) AS entry
  WHERE d.datname = $1 AND (s.setdatabase = d.oid OR s.setrole = d.datdba)) AS entries
LEFT JOIN pg_settings known USING (name)
WHERE (known.context = 'user' OR (known.context IS NULL AND strpos(name, '.') > 0))
  AND name NOT IN (
    'default_transaction_read_only', 'statement_timeout', 'lock_timeout', 'transaction_timeout',
    'idle_in_transaction_session_timeout', 'idle_session_timeout', 'default_tablespace',
    'temp_tablespaces', 'default_transaction_isolation', 'default_transaction_deferrable',
    'search_path', 'role', 'session_authorization', 'client_encoding', 'client_min_messages',
    'row_security', 'quote_all_identifiers', 'standard_conforming_strings', 'event_triggers',
    'application_name', 'exit_on_error', 'array_nulls', 'transform_null_equals')
ORDER BY name, weight DESC)";

std::vector<Setting> read(const Rows& rows) {
  std::vector<Setting> settings;
  for (int row = 0; row < rows.count(); ++row) {
    settings.push_back({rows.text(row, 0), rows.text(row, 1)});
  }
  return settings;
}

const char* name_of(SessionUse use) {
  switch (use) {
    case SessionUse::dump:
      return "dump";
    case SessionUse::load:
      return "load";
    case SessionUse::seed:
      break;
  }
  return "seed";
}

/// The server splits `options` at white space; a backslash escapes the next character.
std::string escaped(const std::string& text) {
  constexpr std::string_view k_space = " \t\n\r\f\v\\";
  std::string result;
  for (const char c : text) {
    if (k_space.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::vector<Setting> overrides(Run& run, SqlSession& session, SessionUse use) {
  return read(session.ask(run, k_overrides, {name_of(use)}));
}

std::vector<Setting> writing_settings(Run& run, SqlSession& session, const DatabaseName& database) {
  return read(session.ask(run, k_writing, {database.text()}));
}

std::vector<Setting> settings_for_dump(Run& run, SqlSession& session,
                                       const std::vector<Setting>& writing) {
  std::vector<Setting> settings;
  std::copy_if(writing.begin(), writing.end(), std::back_inserter(settings),
               [](const Setting& each) { return each.name == "lc_monetary"; });
  const auto own = overrides(run, session, SessionUse::dump);
  settings.insert(settings.end(), own.begin(), own.end());
  return settings;
}

void apply(Run& run, SqlSession& session, const std::vector<Setting>& settings) {
  for (const auto& each : settings) {
    session.ask(run, "SELECT set_config($1, $2, false)", {each.name, each.value});
  }
}

Conninfo with_settings(const Conninfo& conninfo, const std::vector<Setting>& settings) {
  auto options = conninfo.value("options");
  for (const auto& each : settings) {
    options +=
        fmt::format("{}-c {}={}", options.empty() ? "" : " ", each.name, escaped(each.value));
  }
  return conninfo.with("options", options);
}

}  // namespace tidegate::engine::postgresql
