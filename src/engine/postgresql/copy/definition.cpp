#include "engine/postgresql/copy/definition.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {
namespace {

using Json = nlohmann::ordered_json;

constexpr int k_providers_since = 150000, k_rules_since = 160000, k_builtin_since = 170000;

/// The columns for locales have changed with nearly every version since 15.
constexpr auto k_locale = R"(
SELECT pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
  coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'),
  coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', ''),
  coalesce(to_jsonb(d) ->> 'daticurules', '')
FROM pg_database d WHERE d.datname = $1)";

constexpr auto k_settings = R"(
SELECT coalesce(r.rolname, ''), split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)
FROM pg_db_role_setting s
JOIN pg_database d ON d.oid = s.setdatabase
LEFT JOIN pg_roles r ON r.oid = s.setrole
CROSS JOIN LATERAL unnest(s.setconfig) AS entry
WHERE d.datname = $1 AND (s.setrole = 0 OR r.oid IS NOT NULL)
ORDER BY 1, 2)";

constexpr auto k_rights =
    "SELECT pg_get_userbyid(datdba), datacl IS NOT NULL FROM pg_database WHERE datname = $1";

constexpr auto k_grants = R"(
SELECT coalesce(r.rolname, ''), a.privilege_type, a.is_grantable
FROM pg_database d
CROSS JOIN LATERAL aclexplode(d.datacl) AS a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE d.datname = $1 AND a.grantee <> d.datdba AND (a.grantee = 0 OR r.oid IS NOT NULL)
ORDER BY 1, 2)";

constexpr auto k_extensions = "SELECT extname, extversion FROM pg_extension";

std::string name_of_provider(char provider) {
  return provider == 'i' ? "icu" : provider == 'b' ? "builtin" : "libc";
}

/// `icu 'de-DE', collate 'C', ctype 'C', UTF8`
std::string text_of(const DatabaseLocale& locale) {
  auto text = name_of_provider(locale.provider);
  if (!locale.locale.empty()) text += fmt::format(" '{}'", locale.locale);
  if (!locale.rules.empty()) text += fmt::format(" with rules '{}'", locale.rules);
  return text + fmt::format(", collate '{}', ctype '{}', {}", locale.collate, locale.ctype,
                            locale.encoding);
}

Json rights_json(const DatabaseRights& rights) {
  Json json{{"owner", rights.owner}};
  if (!rights.grants) return json;
  json["grants"] = Json::array();
  for (const auto& each : *rights.grants) {
    json["grants"].push_back(
        {each.role, each.right, each.with_grant_option ? "with grant option" : ""});
  }
  return json;
}

Error unreadable() {
  return Error(ErrorKind::verification, "the archive's description of its database cannot be read",
               "restore another archive with --from");
}

std::string text_in(const Json& part, const std::string& key) {
  const auto found = part.find(key);
  if (found == part.end() || !found->is_string()) throw unreadable();
  return found->get<std::string>();
}

std::vector<std::string> texts_in(const Json& list, std::size_t count) {
  if (!list.is_array() || list.size() != count) throw unreadable();
  std::vector<std::string> result;
  for (const auto& each : list) {
    if (!each.is_string()) throw unreadable();
    result.push_back(each.get<std::string>());
  }
  return result;
}

DatabaseRights rights_in(const Json& json) {
  if (!json.is_object()) throw unreadable();
  DatabaseRights rights{text_in(json, "owner"), std::nullopt};
  const auto grants = json.find("grants");
  if (grants == json.end()) return rights;
  rights.grants.emplace();
  for (const auto& each : *grants) {
    const auto parts = texts_in(each, 3);
    rights.grants->push_back({parts[0], parts[1], !parts[2].empty()});
  }
  return rights;
}

/// Label and value of each fact: the labels match on both sides.
using Facts = std::map<SchemaKey, std::string>;

Facts facts_of(const DatabaseDefinition& definition) {
  Facts facts;
  for (const auto& each : definition.settings) {
    facts[{"SETTING", each.role, each.name}] = each.value;
  }
  for (const auto& [name, version] : definition.extensions) {
    facts[{"EXTENSION", "", name}] = "version " + version;
  }
  return facts;
}

void compare_fact(const SchemaKey& key, const std::string* expected, const std::string* found,
                  const std::vector<SchemaException>& exceptions,
                  std::vector<Difference>& differences) {
  if (expected != nullptr && found != nullptr && *expected == *found) return;
  if (is_exception(exceptions, key.type, key.schema, key.name)) return;
  const SchemaEntry named{key.type, key.schema, key.name, {}, {}};
  // The value of a setting may be a secret of the application.
  const bool secret = key.type == "SETTING";
  const auto shown = [&](const std::string* fact, const char* instead) {
    if (fact == nullptr) return std::string("none");
    return secret ? std::string(instead) : *fact;
  };
  differences.push_back(
      {named.label(), "value", shown(expected, "the source's"), shown(found, "another one")});
}

}  // namespace

std::optional<DatabaseLocale> find_locale(Run& run, SqlSession& session, const DatabaseName& name) {
  const auto rows = session.ask(run, k_locale, {name.text()});
  if (rows.empty()) return std::nullopt;
  return DatabaseLocale{rows.text(0, 0),       rows.text(0, 1), rows.text(0, 2),
                        rows.text(0, 3).at(0), rows.text(0, 4), rows.text(0, 5)};
}

std::vector<DatabaseSetting> settings_of(Run& run, SqlSession& session, const DatabaseName& name) {
  const auto rows = session.ask(run, k_settings, {name.text()});
  std::vector<DatabaseSetting> settings;
  for (int row = 0; row < rows.count(); ++row) {
    settings.push_back({rows.text(row, 0), rows.text(row, 1), rows.text(row, 2)});
  }
  return settings;
}

std::optional<DatabaseRights> rights_of(Run& run, SqlSession& session, const DatabaseName& name) {
  const auto found = session.ask(run, k_rights, {name.text()});
  if (found.empty()) return std::nullopt;
  DatabaseRights rights{found.text(0, 0), std::nullopt};
  if (!found.flag(0, 1)) return rights;
  rights.grants.emplace();
  const auto rows = session.ask(run, k_grants, {name.text()});
  for (int row = 0; row < rows.count(); ++row) {
    rights.grants->push_back({rows.text(row, 0), rows.text(row, 1), rows.flag(row, 2)});
  }
  return rights;
}

DatabaseDefinition read_definition(Run& run, SqlSession& session, const DatabaseName& name) {
  DatabaseDefinition definition;
  if (auto locale = find_locale(run, session, name)) definition.locale = std::move(*locale);
  definition.settings = settings_of(run, session, name);
  definition.writing = writing_settings(run, session, name);
  definition.rights = rights_of(run, session, name);
  const auto rows = session.ask(run, k_extensions);
  for (int row = 0; row < rows.count(); ++row) {
    definition.extensions[rows.text(row, 0)] = rows.text(row, 1);
  }
  return definition;
}

std::string definition_text(const DatabaseDefinition& definition) {
  const auto& locale = definition.locale;
  Json json{{"encoding", locale.encoding},
            {"collate", locale.collate},
            {"ctype", locale.ctype},
            {"provider", std::string(1, locale.provider)},
            {"locale", locale.locale},
            {"rules", locale.rules},
            {"settings", Json::array()},
            {"writing", Json::array()},
            {"extensions", definition.extensions}};
  for (const auto& each : definition.settings) {
    json["settings"].push_back({each.role, each.name, each.value});
  }
  for (const auto& each : definition.writing) json["writing"].push_back({each.name, each.value});
  if (definition.rights) json["rights"] = rights_json(*definition.rights);
  return json.dump();
}

DatabaseDefinition definition_in(const std::string& text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) throw unreadable();
  DatabaseDefinition definition;
  const auto provider = text_in(json, "provider");
  definition.locale = {text_in(json, "encoding"), text_in(json, "collate"),
                       text_in(json, "ctype"),    provider.empty() ? 'c' : provider.front(),
                       text_in(json, "locale"),   text_in(json, "rules")};
  for (const auto& each : json.value("settings", Json::array())) {
    const auto parts = texts_in(each, 3);
    definition.settings.push_back({parts[0], parts[1], parts[2]});
  }
  for (const auto& each : json.value("writing", Json::array())) {
    const auto parts = texts_in(each, 2);
    definition.writing.push_back({parts[0], parts[1]});
  }
  const auto extensions = json.value("extensions", Json::object());
  for (const auto& [name, version] : extensions.items()) {
    definition.extensions[name] = text_in(extensions, name);
  }
  if (json.contains("rights")) definition.rights = rights_in(json["rights"]);
  return definition;
}

std::string locale_options(const DatabaseLocale& locale, int server_version,
                           const std::function<std::string(const std::string&)>& quote) {
  auto options = fmt::format(" ENCODING {} LC_COLLATE {} LC_CTYPE {}", quote(locale.encoding),
                             quote(locale.collate), quote(locale.ctype));
  const int needed = locale.provider == 'b'   ? k_builtin_since
                     : locale.provider == 'i' ? k_providers_since
                                              : 0;
  if (server_version < needed) {
    throw Error(ErrorKind::refused,
                fmt::format("the source sorts text with {}, which PostgreSQL {} does not have",
                            text_of(locale), server_version / 10'000),
                fmt::format("use a server of version {} or newer", needed / 10'000));
  }
  // Where no provider is named, the server uses that of template0.
  if (server_version >= k_providers_since) {
    options += " LOCALE_PROVIDER " + name_of_provider(locale.provider);
  }
  if (locale.provider == 'i') options += " ICU_LOCALE " + quote(locale.locale);
  if (locale.provider == 'b') options += " BUILTIN_LOCALE " + quote(locale.locale);
  if (!locale.rules.empty() && server_version >= k_rules_since) {
    options += " ICU_RULES " + quote(locale.rules);
  }
  return options;
}

std::vector<Difference> definition_differences(const DatabaseDefinition& source,
                                               const DatabaseDefinition& copy,
                                               const std::vector<SchemaException>& exceptions) {
  std::vector<Difference> differences;
  if (source.locale != copy.locale) {
    differences.push_back({"DATABASE", "locale", text_of(source.locale), text_of(copy.locale)});
  }
  const auto expected = facts_of(source), found = facts_of(copy);
  for (const auto& [key, value] : expected) {
    const auto other = found.find(key);
    compare_fact(key, &value, other == found.end() ? nullptr : &other->second, exceptions,
                 differences);
  }
  for (const auto& [key, value] : found) {
    if (expected.count(key) == 0) compare_fact(key, nullptr, &value, exceptions, differences);
  }
  return differences;
}

}  // namespace tidegate::engine::postgresql
