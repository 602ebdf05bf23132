#include "engine/postgresql/archive/restore_notes.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace tidegate::engine::postgresql {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 6> k_kinds{"superuser", "extension",      "policy",
                                                  "grants",    "default_grants", "search_path"};

void put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json json_of(const Trait& trait) {
  Json json{{"kind", k_kinds.at(static_cast<std::size_t>(trait.kind))},
            {"catalog", trait.catalog},
            {"object", trait.object},
            {"name", trait.name}};
  put(json, "why", trait.why);
  put(json, "version", trait.version);
  put(json, "schema", trait.schema);
  if (!trait.roles.empty()) json["roles"] = trait.roles;
  for (const auto& grant : trait.grants) {
    json["grants"].push_back(Json{{"statement", grant.statement}, {"role", grant.role}});
  }
  return json;
}

Trait trait_in(const Json& json) {
  Trait trait;
  const auto kind = json.at("kind").get<std::string>();
  std::size_t index = 0;
  while (index < k_kinds.size() && k_kinds.at(index) != kind) ++index;
  if (index == k_kinds.size()) {
    throw Error(ErrorKind::verification,
                fmt::format("'restoreNotes' has an unknown kind '{}'", kind),
                "a newer tidegate wrote the archive; restore it with that version");
  }
  trait.kind = static_cast<Trait::Kind>(index);
  trait.catalog = json.at("catalog").get<std::int64_t>();
  trait.object = json.at("object").get<std::int64_t>();
  trait.name = json.at("name").get<std::string>();
  trait.why = json.value("why", "");
  trait.version = json.value("version", "");
  trait.schema = json.value("schema", "");
  if (json.contains("roles")) trait.roles = json["roles"].get<std::vector<std::string>>();
  if (!json.contains("grants")) return trait;
  for (const auto& grant : json["grants"]) {
    trait.grants.push_back({grant.at("statement").get<std::string>(), grant.value("role", "")});
  }
  return trait;
}

}  // namespace

std::string notes_of(const DumpFacts& facts, const RestoredBy& by) {
  Json json{{"restorableBy", {{"role", by.role}, {"superuser", by.superuser}}},
            {"leftOut", by.left_out},
            {"owners", facts.owners},
            {"objects", Json::array()}};
  for (const auto& trait : facts.traits) json["objects"].push_back(json_of(trait));
  // Names may have bytes that are not UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

DumpFacts facts_in(const std::string& notes) {
  try {
    const auto json = Json::parse(notes);
    DumpFacts facts;
    facts.owners = json.at("owners").get<std::vector<std::string>>();
    for (const auto& each : json.at("objects")) facts.traits.push_back(trait_in(each));
    return facts;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::verification,
                fmt::format("'restoreNotes' beside the archive cannot be read: {}", error.what()),
                "take another archive with --from");
  }
}

}  // namespace tidegate::engine::postgresql
