#pragma once

/// The settings of the sessions in which PostgreSQL's programs work.

#include <string>
#include <vector>

#include "engine/postgresql/driver/connection.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

struct Setting {
  std::string name, value;
  friend bool operator==(const Setting&, const Setting&) = default;
};

/// The purpose of a program's sessions.
enum class SessionUse {
  dump,  ///< prints definitions and rows, in one form on every server
  load,  ///< makes objects, in no tablespace that a role's default names
  seed,  ///< works like the application
};

/// The settings for a session of the same user in the same database, so that defaults of roles and
/// databases neither end its work (time limits) nor refuse it (read only). Only settings whose
/// default differs: a proxy that accepts no options often still works.
std::vector<Setting> overrides(Run& run, SqlSession& session, SessionUse use);

/// The settings under which production's own sessions wrote its rows: those of the database, then
/// of its owner, then of its owner in this database. CHECKs, generated columns, defaults and
/// materialized views may depend on them. Leaves out the settings of overrides(), and those that
/// only a superuser may set.
std::vector<Setting> writing_settings(Run& run, SqlSession& session, const DatabaseName& database);

/// For a dump of the session's database: it prints amounts of money in the form that sessions with
/// these settings read.
std::vector<Setting> settings_for_dump(Run& run, SqlSession& session,
                                       const std::vector<Setting>& writing);

/// Makes these settings in the session.
void apply(Run& run, SqlSession& session, const std::vector<Setting>& settings);

/// Appends `-c name=value …` to libpq's `options`; of two values for one name the later one
/// applies. Pure.
Conninfo with_settings(const Conninfo& conninfo, const std::vector<Setting>& settings);

}  // namespace tidegate::engine::postgresql
