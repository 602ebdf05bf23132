#pragma once

/// The properties of a database as a whole: locale, settings, extensions, rights.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/copy/schema_compare.hpp"
#include "engine/postgresql/driver/session.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {

/// How a database stores and sorts text.
struct DatabaseLocale {
  std::string encoding, collate, ctype;
  char provider = 'c';        ///< pg_database.datlocprovider: libc, icu (15), builtin (17)
  std::string locale, rules;  ///< of ICU and builtin
  friend bool operator==(const DatabaseLocale&, const DatabaseLocale&) = default;
};

/// A setting of the database (ALTER DATABASE SET), or of a role in it.
struct DatabaseSetting {
  std::string role;  ///< empty: of the database
  std::string name, value;
};

struct DatabaseGrant {
  std::string role;   ///< empty: PUBLIC
  std::string right;  ///< CONNECT, CREATE, TEMPORARY
  bool with_grant_option = false;
  friend bool operator==(const DatabaseGrant&, const DatabaseGrant&) = default;
};

/// Whose a database is, and who may use it.
struct DatabaseRights {
  std::string owner;
  /// To others than the owner; nothing where no right was ever granted or revoked.
  std::optional<std::vector<DatabaseGrant>> grants;
  friend bool operator==(const DatabaseRights&, const DatabaseRights&) = default;
};

struct DatabaseDefinition {
  DatabaseLocale locale;
  std::vector<DatabaseSetting> settings;
  std::vector<Setting> writing;                   ///< see writing_settings()
  std::map<std::string, std::string> extensions;  ///< versions by name
  std::optional<DatabaseRights> rights = {};      ///< not known of archives of earlier versions
};

/// Nothing where the server has no such database.
std::optional<DatabaseLocale> find_locale(Run& run, SqlSession& session, const DatabaseName& name);
std::vector<DatabaseSetting> settings_of(Run& run, SqlSession& session, const DatabaseName& name);
/// Nothing where the server has no such database.
std::optional<DatabaseRights> rights_of(Run& run, SqlSession& session, const DatabaseName& name);
/// Of the database that `session` is in.
DatabaseDefinition read_definition(Run& run, SqlSession& session, const DatabaseName& name);

/// JSON for metadata. @throws Error verification: the text cannot be parsed.
std::string definition_text(const DatabaseDefinition& definition);
DatabaseDefinition definition_in(const std::string& text);

/// The options of CREATE DATABASE that make a database of this locale, with texts quoted by
/// `session`'s rules. Before version 15 there is no provider, before 16 there are no rules.
/// @throws Error refused: the server is too old for that provider.
std::string locale_options(const DatabaseLocale& locale, int server_version,
                           const std::function<std::string(const std::string&)>& quote);

/// Differences of locale, settings and extension versions. Pure.
std::vector<Difference> definition_differences(const DatabaseDefinition& source,
                                               const DatabaseDefinition& copy,
                                               const std::vector<SchemaException>& exceptions);

}  // namespace tidegate::engine::postgresql
