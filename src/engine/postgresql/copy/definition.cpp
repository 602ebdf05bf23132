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

DatabaseDefinition read_definition(Run& run, SqlSession& session, const DatabaseName& name) {
  DatabaseDefinition definition;
  if (auto locale = find_locale(run, session, name)) definition.locale = std::move(*locale);
  definition.settings = settings_of(run, session, name);
  definition.writing = writing_settings(run, session, name);
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
  return json.dump();
}

DatabaseDefinition definition_in(const std::string& text) {
  const auto json = Json::parse(text, nullptr, false);
  const auto unreadable = [] {
    return Error(ErrorKind::verification,
                 "the archive's description of its database cannot be read",
                 "restore another archive with --from");
  };
  if (!json.is_object()) throw unreadable();
  const auto value = [&](const Json& part, const auto& key) {
    const auto found = part.find(key);
    if (found == part.end() || !found->is_string()) throw unreadable();
    return found->template get<std::string>();
  };
  const auto texts = [&](const Json& list, std::size_t count) {
    if (!list.is_array() || list.size() != count) throw unreadable();
    std::vector<std::string> result;
    for (const auto& each : list) {
      if (!each.is_string()) throw unreadable();
      result.push_back(each.get<std::string>());
    }
    return result;
  };
  DatabaseDefinition definition;
  const auto provider = value(json, "provider");
  definition.locale = {value(json, "encoding"), value(json, "collate"),
                       value(json, "ctype"),    provider.empty() ? 'c' : provider.front(),
                       value(json, "locale"),   value(json, "rules")};
  for (const auto& each : json.value("settings", Json::array())) {
    const auto parts = texts(each, 3);
    definition.settings.push_back({parts[0], parts[1], parts[2]});
  }
  for (const auto& each : json.value("writing", Json::array())) {
    const auto parts = texts(each, 2);
    definition.writing.push_back({parts[0], parts[1]});
  }
  const auto extensions = json.value("extensions", Json::object());
  for (const auto& [name, version] : extensions.items()) {
    definition.extensions[name] = value(extensions, name);
  }
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
