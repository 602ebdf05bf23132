#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_directory_key = ".snapshot.directory";

/// The variables of a template that are not set: `${NAME} (not set)`.
std::string unresolved_text(const Value& value, const Option& option, const Error& missing) {
  const bool is_secret = (option.type == Type::secret || option.type == Type::secrets) &&
                         !value.key.ends_with("_file");
  if (!is_secret && !value.is_list) return value.text() + " (not set)";
  // The template of a secret may hold a part of it beside its variables.
  const auto& message = missing.message();
  const auto first = message.find('\'') + 1;
  return fmt::format("${{{}}} (not set)", message.substr(first, message.find('\'', first) - first));
}

std::string shown(const Resolver& resolver, const Path& path, const Value& value,
                  const Environment& environment) {
  const bool is_file = value.key != path.text;
  if (value.origin.source == Source::file) {
    for (const auto& item : value.items) {
      const auto text = expand(item, environment, value.key, value.origin.where);
      if (text.missing) return unresolved_text(value, *path.option, *text.missing);
      if (is_file) return *text.value;
    }
  }
  if (is_file) return value.text();
  if (path.option->type == Type::secret || path.option->type == Type::secrets) return "***";
  const auto resolved = resolver.attempt(path.text);
  if (!resolved.value || !*resolved.value) return {};
  const auto& found = **resolved.value;
  if (path.option->type == Type::list) return fmt::format("[{}]", fmt::join(found.items, ", "));
  return found.text;
}

/// Whether it is an option of archives. Where there are none, variables of other programs that
/// stand in for such options are not shown.
bool of_archives(std::string_view path) {
  for (const auto* key : {".snapshot.format", ".snapshot.compress", ".snapshot.checksums"}) {
    if (path.ends_with(key)) return true;
  }
  return path.find(".snapshot.storage.") != std::string_view::npos;
}

bool has_archives(const Resolver& resolver, const std::string& path) {
  const auto key = std::string(k_directory_key);
  const auto place = resolver.written(path.substr(0, path.rfind(".snapshot.")) + key);
  if (!place) return false;
  // A place that a variable holds may be an object store.
  return path.find(".snapshot.storage.") == std::string::npos || has_variables(place->text()) ||
         place->text().starts_with(k_object_store);
}

/// Whether only commands that render manifests use it, unless the file has its section.
bool of_manifests(std::string_view path) {
  return path.starts_with("render.") || path.starts_with("gitops.");
}

bool has_section(const Config::Parts& parts, const std::string& path) {
  return parts.section_lines.count(path.substr(0, path.find('.'))) > 0;
}

/// Whether a default is shown: not for sections that the file does not have, nor for options that
/// this program does not support yet.
bool default_counts(const Resolver& resolver, const Path& path) {
  if (path.option->default_value.empty() || !path.option->needs.empty()) return false;
  const auto previews = path.text.find(".previews.");
  if (previews == std::string::npos || !path.text.starts_with("databases.")) return true;
  return resolver.written(path.text.substr(0, previews) + ".previews.database").has_value();
}

}  // namespace

std::vector<ShownValue> Config::show() const {
  const Resolver resolver(parts_);
  std::vector<ShownValue> rows;
  for (const auto& path : concrete_paths(parts_)) {
    if (path.option->type == Type::map) continue;
    const bool idle = (of_archives(path.text) && !has_archives(resolver, path.text)) ||
                      (of_manifests(path.text) && !has_section(parts_, path.text));
    const bool in_file = parts_.file_values.find(path.text) != parts_.file_values.end();
    // Variables of a workflow stand in for keys of a section that is not there.
    const bool of_forge = path.text.starts_with("github.") || path.text == "server.reconcile";
    if ((idle || (of_forge && !has_forge())) && !in_file) continue;
    if (const auto value = resolver.written(path)) {
      rows.push_back({value->key, shown(resolver, path, *value, parts_.environment),
                      value->origin.where, value->origin.source});
    } else if (default_counts(resolver, path)) {
      rows.push_back(
          {path.text, std::string(path.option->default_value), "default", Source::default_value});
    }
  }
  return rows;
}

}  // namespace tidegate::config
