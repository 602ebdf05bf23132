#include "config/schema.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "config/options.hpp"

namespace tidegate::config {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view k_name_pattern = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$";

/// Any text with a variable in it is resolved later.
Json template_text() { return {{"type", "string"}, {"pattern", R"(\$\{[A-Za-z_][^}]*\})"}}; }

Json or_template(Json schema) {
  return {{"anyOf", Json::array({std::move(schema), template_text()})}};
}

Json choices_of(const Option& option) {
  auto all = Json::array();
  auto rest = option.choices;
  while (!rest.empty()) {
    const auto end = rest.find('|');
    all.push_back(std::string(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return all;
}

Json value_schema(const Option& option) {
  switch (option.type) {
    case Type::integer:
      return or_template(
          {{"type", "integer"}, {"minimum", option.least}, {"maximum", option.most}});
    case Type::boolean:
      return or_template({{"type", "boolean"}});
    case Type::choice:
      return or_template({{"enum", choices_of(option)}});
    case Type::duration:
      return or_template({{"type", {"string", "integer"}},
                          {"pattern", "^(0|([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+)$"}});
    case Type::size:
      return or_template(
          {{"type", {"string", "integer"}}, {"pattern", "^[0-9.]+ ?([kKMGT]i?)?B?$"}});
    case Type::list:
    case Type::secrets:
      return or_template({{"type", "array"}, {"items", {{"type", {"string", "number"}}}}});
    case Type::map:
      return {{"type", "object"}};
    default:
      return {{"type", {"string", "number"}}};
  }
}

Json describe(Json schema, const Option& option) {
  std::string text(option.help);
  if (!option.more.empty()) text += fmt::format(". {}", option.more);
  if (!option.needs.empty()) text += fmt::format(" (for later: {})", option.needs);
  Json described{{"description", text}};
  described.update(schema);
  if (!option.default_value.empty()) {
    described["description"] = fmt::format("{} (default {})", text, option.default_value);
  }
  if (!option.example.empty()) described["examples"] = Json::array({std::string(option.example)});
  return described;
}

Json section() { return {{"type", "object"}, {"additionalProperties", false}}; }

/// The section below `at` for one step of a path; `*` is any name.
Json& step_into(Json& at, const std::string& key) {
  if (key == "*") {
    auto& names = at["patternProperties"][std::string(k_name_pattern)];
    if (names.is_null()) names = section();
    return names;
  }
  auto& child = at["properties"][key];
  if (child.is_null()) child = section();
  if (!child.contains("anyOf")) return child;
  // A word or a section: `previews.seed`.
  auto& forms = child["anyOf"];
  if (!forms.back().contains("properties")) forms.push_back(section());
  return forms.back();
}

void add(Json& root, const Option& option) {
  auto* at = &root;
  auto rest = option.path;
  for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    at = &step_into(*at, std::string(rest.substr(0, dot)));
    rest.remove_prefix(dot + 1);
  }
  const std::string key(rest);
  if (key == "*") {
    (*at)["patternProperties"][std::string(k_name_pattern)] =
        describe(value_schema(option), option);
    return;
  }
  if (option.path == "databases") {
    (*at)["properties"][key] = describe(section(), option);
    return;
  }
  (*at)["properties"][key] = describe(value_schema(option), option);
  if (option.file_sibling == FileSibling::yes) {
    (*at)["properties"][key + "_file"] = {
        {"description", fmt::format("a file that holds '{}'", key)}, {"type", "string"}};
  }
}

}  // namespace

Json json_schema() {
  Json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "tidegate.yaml"},
            {"description", "the configuration of tidegate"}};
  root.update(section());
  for (const auto& option : options()) {
    if (option.home == Home::file) add(root, option);
  }
  root["required"] = {"databases"};
  root["properties"]["databases"]["minProperties"] = 1;
  auto& database =
      root["properties"]["databases"]["patternProperties"][std::string(k_name_pattern)];
  database["required"] = {"engine", "production", "snapshot"};
  return root;
}

}  // namespace tidegate::config
