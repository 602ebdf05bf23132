#include "config/job_access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/error.hpp"
#include "config/database_uri.hpp"

namespace tidegate::config {

namespace {

/// The sections that jobs and workflows need.
constexpr std::array<std::string_view, 5> k_written{"databases.", "log.", "github.", "gitops.",
                                                    "render."};

/// The variables of a template, each as it stands there: `NAME`, `NAME:-default`.
std::vector<std::string_view> written_variables(std::string_view text) {
  std::vector<std::string_view> variables;
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${")) {
    const bool escaped = at > 0 && text[at - 1] == '$';
    text.remove_prefix(at + 2);
    const auto end = text.find('}');
    if (escaped || end == std::string_view::npos) continue;
    variables.push_back(text.substr(0, end));
  }
  return variables;
}

/// The variables of a template that must be set: those with a default need not be.
std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  for (const auto variable : written_variables(text)) {
    if (variable.find(":-") == std::string_view::npos) names.emplace_back(variable);
  }
  return names;
}

bool is_one_variable(std::string_view text) {
  return text.starts_with("${") && text.find('}') == text.size() - 1;
}

const std::string* find_value(const NameValues& values, std::string_view name) {
  for (const auto& [each, value] : values) {
    if (each == name) return &value;
  }
  return nullptr;
}

/// Whether a value is a secret, or the name that belongs to one.
bool is_credential(const Option& option, std::string_view path) {
  return is_secret(option.type) || path.ends_with(".username") || path.ends_with(".access_key_id");
}

std::string key_of(std::string_view path) {
  const auto last = path.substr(path.rfind('.') + 1);
  return last == "uri" ? "connectionString" : std::string(last);
}

class Accessing {
 public:
  Accessing(JobAccess& access, const Resolver& resolver, const std::string& secret)
      : access_(access),
        secret_(secret),
        plain_(name_values(resolver, "render.variables")),
        placed_(name_values(resolver, "render.secret_variables")) {}

  void value(const Path& path, const Value& value) {
    if (value.key != path.text) {
      access_.files.push_back({value.text(), secret_, key_of(path.text)});
      return;
    }
    for (const auto& item : value.items) {
      for (const auto& name : variables_in(item)) {
        variable(path, value, name,
                 is_one_variable(item) && is_credential(*path.option, path.text));
      }
    }
  }

 private:
  void variable(const Path& path, const Value& value, const std::string& name, bool whole) {
    for (const auto& known : access_.variables) {
      if (known.name == name) return;
    }
    if (const auto* text = find_value(plain_, name)) {
      access_.variables.push_back({name, {}, {}, *text});
    } else if (const auto* place = find_value(placed_, name)) {
      const auto slash = place->find('/');
      access_.variables.push_back({name, place->substr(0, slash), place->substr(slash + 1), {}});
    } else if (whole) {
      access_.variables.push_back({name, secret_, free_key(path, name), {}});
    } else {
      throw Error(ErrorKind::config,
                  fmt::format("{}: {}: the value of '{}' is not known, and jobs need it: it is a "
                              "part of a longer text",
                              value.origin.where, value.key, name),
                  fmt::format("give it with --set render.variables={0}=VALUE, or name its "
                              "Secret: 'render.secret_variables: [{0}=secret/key]'",
                              name));
    }
  }

  /// Two variables never share a key.
  std::string free_key(const Path& path, const std::string& name) const {
    auto key = key_of(path.text);
    for (const auto& known : access_.variables) {
      if (known.secret == secret_ && known.key == key) return name;
    }
    return key;
  }

  JobAccess& access_;
  const std::string& secret_;
  NameValues plain_, placed_;
};

bool right_below(std::string_view section, std::string_view path) {
  return path.starts_with(section) && path.size() > section.size() && path[section.size()] == '.' &&
         (section == "github" ||
          path.substr(section.size() + 1).find('.') == std::string_view::npos);
}

/// The value as the file has it, under its own key or its `_file` sibling's.
const Value* in_file(const Config::Parts& parts, const std::string& path) {
  for (const auto& key : {path, path + "_file"}) {
    const auto found = parts.file_values.find(key);
    if (found != parts.file_values.end()) return &found->second;
  }
  return nullptr;
}

/// Whether the text holds more than blanks and variables.
bool is_readable(std::string_view shown) {
  return std::any_of(shown.begin(), shown.end(),
                     [](unsigned char c) { return c != k_variable_mark && std::isspace(c) == 0; });
}

bool shows_secret(std::string_view path, std::string_view item) {
  const auto shown = as_shown(item);
  if (!path.ends_with("uri")) return is_readable(shown);
  const auto passwords = passwords_in(shown);
  return std::any_of(passwords.begin(), passwords.end(), is_readable);
}

/// The variables that stand for a secret, or for the password in one.
std::set<std::string> secret_variables(const Config::Parts& parts) {
  std::set<std::string> names;
  for (const auto& path : concrete_paths(parts)) {
    const auto* value = is_secret(path.option->type) ? in_file(parts, path.text) : nullptr;
    if (value == nullptr || value->key != path.text) continue;
    for (const auto& item : value->items) {
      const bool whole = is_one_variable(item) || !path.text.ends_with("uri");
      for (const auto& text : whole ? std::vector{item} : passwords_in(item)) {
        for (const auto variable : written_variables(text)) {
          names.emplace(variable.substr(0, variable.find(":-")));
        }
      }
    }
  }
  return names;
}

/// Other values are resolved before they are rendered.
void refuse_secret_variables(const Config::Parts& parts) {
  const auto secrets = secret_variables(parts);
  for (const auto& path : concrete_paths(parts)) {
    if (is_secret(path.option->type) || path.text.starts_with("databases.")) continue;
    const auto* value = in_file(parts, path.text);
    if (value == nullptr) continue;
    for (const auto& item : value->items) {
      for (const auto variable : written_variables(item)) {
        const std::string name(variable.substr(0, variable.find(":-")));
        if (!secrets.contains(name)) continue;
        throw Error(ErrorKind::config,
                    fmt::format("{}: {} names ${{{}}}, which is a secret, and manifests would "
                                "show it",
                                value->origin.where, value->key, name),
                    "take a variable of its own for what is no secret");
      }
    }
  }
}

}  // namespace

std::vector<WrittenValue> written_values(const Config::Parts& parts) {
  std::vector<WrittenValue> values;
  for (const auto& path : concrete_paths(parts)) {
    const bool wanted = std::any_of(k_written.begin(), k_written.end(), [&](const auto section) {
      return path.text.starts_with(section);
    });
    const auto* value = wanted ? in_file(parts, path.text) : nullptr;
    if (value != nullptr) values.push_back({value->key, value->items, value->is_list});
  }
  return values;
}

void append_section(JobAccess& access, const Config::Parts& parts, const Resolver& resolver,
                    const std::string& section, const std::string& secret) {
  Accessing accessing(access, resolver, secret);
  for (const auto& path : concrete_paths(parts)) {
    if (!right_below(section, path.text)) continue;
    if (const auto* value = in_file(parts, path.text)) accessing.value(path, *value);
  }
}

void refuse_written_secrets(const Config::Parts& parts) {
  refuse_secret_variables(parts);
  for (const auto& path : concrete_paths(parts)) {
    if (!is_secret(path.option->type)) continue;
    const auto* value = in_file(parts, path.text);
    if (value == nullptr || value->key != path.text) continue;
    for (const auto& item : value->items) {
      if (!shows_secret(path.text, item)) continue;
      throw Error(ErrorKind::config,
                  fmt::format("{}: {} holds a secret, and manifests would show it",
                              value->origin.where, value->key),
                  "let a variable stand for all of it, without a default: ${NAME}");
    }
  }
}

NameValues name_values(const Resolver& resolver, const std::string& path) {
  NameValues values;
  const auto list = resolver.get(path);
  if (!list) return values;
  for (const auto& item : list->items) {
    const auto at = item.find('=');
    if (at == std::string::npos || at == 0) {
      throw Error(ErrorKind::config, fmt::format("{}: '{}' is no name=value", list->place(), item),
                  "such as team=data");
    }
    values.emplace_back(item.substr(0, at), item.substr(at + 1));
  }
  return values;
}

}  // namespace tidegate::config
