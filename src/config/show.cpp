#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

/// The variables of a template that are not set: `${NAME} (not set)`.
std::string unresolved_text(const Value& value, const Option& option, const Error& missing) {
  const bool is_secret = option.type == Type::secret && !value.key.ends_with("_file");
  if (!is_secret && !value.is_list) return value.text() + " (not set)";
  // Around its variables, a secret's template may hold half of it.
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
  if (path.option->type == Type::secret) return "***";
  const auto resolved = resolver.attempt(path.text);
  if (!resolved.value || !*resolved.value) return {};
  const auto& found = **resolved.value;
  if (path.option->type == Type::list) return fmt::format("[{}]", fmt::join(found.items, ", "));
  return found.text;
}

/// Whether a default says something: not for sections that the file does not have, nor for what
/// this program does not do yet.
bool default_counts(const Resolver& resolver, const Path& path) {
  if (path.option->default_value.empty() || !path.option->needs.empty()) return false;
  const auto previews = path.text.find(".previews.");
  if (previews == std::string::npos) return true;
  return resolver.written(path.text.substr(0, previews) + ".previews.database").has_value();
}

}  // namespace

std::vector<ShownValue> Config::show() const {
  const Resolver resolver(parts_);
  std::vector<ShownValue> rows;
  for (const auto& path : concrete_paths(parts_)) {
    if (path.option->type == Type::map) continue;
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
