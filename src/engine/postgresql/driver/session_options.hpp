#pragma once

/// Under which settings PostgreSQL's programs work in a database.

#include <string>
#include <vector>

#include "engine/postgresql/driver/connection.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

struct Setting {
  std::string name, value;
  friend bool operator==(const Setting&, const Setting&) = default;
};

/// What a program does with its sessions.
enum class SessionUse {
  dump,  ///< it prints definitions and rows: in one form, wherever it runs
  load,  ///< it makes objects: in no tablespace of a role's choice
  seed,  ///< it works as the application would
};

/// What must be set in a session of the same user in the same database so that the defaults of
/// roles and databases neither end its work (time limits) nor refuse it (read only). Only what is
/// not so by itself: a proxy that takes no options is none the worse.
std::vector<Setting> overrides(Run& run, SqlSession& session, SessionUse use);

/// The settings under which production's own sessions have written its rows: those of the database,
/// then of its owner, then of its owner in this database. CHECKs, generated columns, defaults and
/// materialized views may depend on them. Without those that overrides() decides, and those that
/// only a superuser may set.
std::vector<Setting> writing_settings(Run& run, SqlSession& session, const DatabaseName& database);

/// For a dump of the database that `session` is in: amounts of money are printed as they will be
/// read under these settings.
std::vector<Setting> settings_for_dump(Run& run, SqlSession& session,
                                       const std::vector<Setting>& writing);

/// Sets them in this session.
void apply(Run& run, SqlSession& session, const std::vector<Setting>& settings);

/// `-c name=value …` as libpq's `options`, after those that are there; of two values for one name
/// the later one holds. Pure.
Conninfo with_settings(const Conninfo& conninfo, const std::vector<Setting>& settings);

}  // namespace tidegate::engine::postgresql
