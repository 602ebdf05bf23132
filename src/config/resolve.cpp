#include "config/resolve.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tidegate::config {

namespace {

constexpr std::string_view k_targets = "databases.*.targets.*.";
constexpr std::string_view k_databases = "databases.*.";
/// A connection string or a password; nothing that is read from a file is longer.
constexpr std::size_t k_largest_secret = 64UL * 1024;

std::string with_names(const Option& option, std::string_view database, std::string_view target) {
  if (option.path.starts_with(k_targets)) {
    return fmt::format("databases.{}.targets.{}.{}", database, target,
                       option.path.substr(k_targets.size()));
  }
  return fmt::format("databases.{}.{}", database, option.path.substr(k_databases.size()));
}

void append_targets(std::vector<Path>& paths, const Config::Parts& parts,
                    const std::string& database) {
  const auto found = parts.target_names.find(database);
  if (found == parts.target_names.end()) return;
  for (const auto& target : found->second) {
    for (const auto& option : options()) {
      if (option.path.starts_with(k_targets)) {
        paths.push_back({with_names(option, database, target), &option});
      }
    }
  }
}

void append_database(std::vector<Path>& paths, const Config::Parts& parts,
                     const std::string& database) {
  bool targets_done = false;
  for (const auto& option : options()) {
    if (option.path.starts_with(k_targets)) {
      if (!targets_done) append_targets(paths, parts, database);
      targets_done = true;
    } else if (option.path.starts_with(k_databases)) {
      paths.push_back({with_names(option, database, {}), &option});
    }
  }
}

/// Without the empty ones.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

std::optional<std::string> find_variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

[[noreturn]] void throw_both(const std::string& one, const std::string& other) {
  throw Error(ErrorKind::config, fmt::format("both '{}' and '{}' are set", one, other),
              "keep one of the two");
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto end = text.find(',');
    auto item = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto first = item.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) continue;
    item = item.substr(first, item.find_last_not_of(" \t\n") - first + 1);
    items.emplace_back(item);
  }
  return items;
}

std::vector<Path> concrete_paths(const Config::Parts& parts) {
  std::vector<Path> paths;
  for (const auto& database : parts.database_names) append_database(paths, parts, database);
  for (const auto& option : options()) {
    if (option.home != Home::file || option.path.starts_with("databases")) continue;
    if (!option.path.ends_with(".*")) {
      paths.push_back({std::string(option.path), &option});
      continue;
    }
    for (const auto& name : parts.url_names) {
      paths.push_back({std::string(option.path.substr(0, option.path.size() - 1)) + name, &option});
    }
  }
  return paths;
}

std::optional<Value> Resolver::from_flags(const Path& path) const {
  if (path.option->flag.empty()) return std::nullopt;
  const std::string flag(path.option->flag);
  const auto found = parts_.flags.find(flag);
  if (found == parts_.flags.end()) return std::nullopt;
  return Value{path.text, {found->second}, false, {Source::flag, flag}};
}

std::optional<Value> Resolver::from_environment(const Path& path) const {
  const auto name = environment_name(path.text);
  const auto itself = find_variable(parts_.environment, name);
  const auto sibling = path.option->file_sibling == FileSibling::yes
                           ? find_variable(parts_.environment, name + "_FILE")
                           : std::nullopt;
  if (itself && sibling) throw_both(name, name + "_FILE");
  if (itself) return Value{path.text, {*itself}, false, {Source::environment, name}};
  if (!sibling) return std::nullopt;
  return Value{path.text + "_file", {*sibling}, false, {Source::environment, name + "_FILE"}};
}

std::optional<Value> Resolver::from_file(const Path& path) const {
  for (const auto& key : {path.text, path.text + "_file"}) {
    const auto found = parts_.file_values.find(key);
    if (found != parts_.file_values.end()) return found->second;
  }
  return std::nullopt;
}

std::optional<Value> Resolver::from_stand_in(const Path& path) const {
  for (const auto& name : stand_ins(*path.option)) {
    const auto text = find_variable(parts_.environment, name);
    if (text) return Value{path.text, {*text}, false, {Source::environment, name}};
  }
  return std::nullopt;
}

std::optional<Value> Resolver::written(const Path& path) const {
  if (auto value = from_flags(path)) return value;
  if (auto value = from_environment(path)) return value;
  if (auto value = from_file(path)) return value;
  return from_stand_in(path);
}

std::optional<Value> Resolver::written(const std::string& path) const {
  const auto* option = find_option(path);
  if (option == nullptr) {
    throw Error(ErrorKind::internal, fmt::format("the option table has no row for '{}'", path));
  }
  return written(Path{path, option});
}

std::string Resolver::number_in(std::string text) const {
  if (!number_) return text;
  const auto digits = std::to_string(number_->value());
  for (auto at = text.find(k_number); at != std::string::npos; at = text.find(k_number, at)) {
    text.replace(at, k_number.size(), digits);
    at += digits.size();
  }
  return text;
}

ValueOrError<Resolved> Resolver::read_sibling(Resolved resolved) const {
  const auto fail = [&](std::string_view why) {
    return ValueOrError<Resolved>{
        std::nullopt, Error(ErrorKind::config,
                            fmt::format("cannot read the file '{}', which '{}' ({}) names: {}",
                                        resolved.text, resolved.key, resolved.where, why),
                            "relative paths are relative to the working directory",
                            fmt::format("{} {}", resolved.where, resolved.key))};
  };
  std::error_code code;
  if (std::filesystem::is_directory(resolved.text, code)) return fail("it is a directory");
  errno = 0;
  std::ifstream input(resolved.text, std::ios::binary);
  if (!input) return fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
  std::string content(k_largest_secret + 1, '\0');
  input.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(input.gcount()));
  if (content.size() > k_largest_secret) return fail("it is larger than 64 KiB");
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  if (content.empty()) return fail("it is empty");
  resolved.text = std::move(content);
  return {std::move(resolved), std::nullopt};
}

ValueOrError<Resolved> Resolver::resolve(const Path& path, const Value& value) const {
  Resolved resolved{{}, {}, value.key, value.origin.where, value.origin.source};
  const bool is_file = value.key != path.text;
  // `{number}` in a password's variable is a coincidence and stays; in a connection string, a user
  // name or a path it is meant.
  const bool is_password = path.text.ends_with(".password") && !is_file;
  for (const auto& item : value.items) {
    if (value.origin.source != Source::file) {
      resolved.items.push_back(number_in(item));
      continue;
    }
    auto text = expand(is_password ? number_in(item) : item, parts_.environment, value.key,
                       value.origin.where);
    if (text.missing) return {std::nullopt, std::move(text.missing)};
    resolved.items.push_back(is_password ? std::move(*text.value) : number_in(*text.value));
  }
  if (is_list(path.option->type) && !is_file) {
    if (!value.is_list) resolved.items = split_list(resolved.items.front());
    return {std::move(resolved), std::nullopt};
  }
  resolved.text = std::move(resolved.items.front());
  resolved.items.clear();
  if (is_file) {
    auto content = read_sibling(std::move(resolved));
    if (content.value && path.text.ends_with(".uri")) {
      content.value->text = number_in(std::move(content.value->text));
    }
    if (content.value && is_list(path.option->type)) {
      content.value->items = lines_of(content.value->text);
    }
    return content;
  }
  if (const auto wrong = complaint(*path.option, resolved.text)) {
    throw Error(ErrorKind::config, fmt::format("{}: {}", resolved.place(), *wrong), {},
                fmt::format("{} {}", resolved.where, resolved.key));
  }
  return {std::move(resolved), std::nullopt};
}

ValueOrError<std::optional<Resolved>> Resolver::attempt(const std::string& path) const {
  const auto* option = find_option(path);
  if (option == nullptr) {
    throw Error(ErrorKind::internal, fmt::format("the option table has no row for '{}'", path));
  }
  const auto value = written(Path{path, option});
  if (value) {
    auto resolved = resolve({path, option}, *value);
    if (resolved.missing) return {std::nullopt, std::move(resolved.missing)};
    return {std::move(resolved.value), std::nullopt};
  }
  if (option->default_value.empty()) return {std::optional<Resolved>{}, std::nullopt};
  return {Resolved{std::string(option->default_value), {}, path, "default"}, std::nullopt};
}

ValueOrError<Resolved> Resolver::attempt_required(const std::string& path) const {
  auto found = attempt(path);
  if (found.missing) return {std::nullopt, std::move(found.missing)};
  if (*found.value) return {std::move(*found.value), std::nullopt};
  const auto* option = find_option(path);
  const auto sibling = option->file_sibling == FileSibling::yes
                           ? fmt::format(", or '{}_file',", path.substr(path.rfind('.') + 1))
                           : std::string();
  return {
      std::nullopt,
      Error(ErrorKind::config, fmt::format("'{}' is not configured", path),
            fmt::format("{}: add it{} to {}, or set {}{}", option->help, sibling,
                        parts_.file.empty() ? "tidegate.yaml" : parts_.file, environment_name(path),
                        option->stands_in.empty()
                            ? std::string()
                            : fmt::format(" or {}", fmt::join(stand_ins(*option), " or "))),
            fmt::format("{} {}", parts_.file, path))};
}

std::optional<Resolved> Resolver::get(const std::string& path) const {
  auto found = attempt(path);
  if (found.missing) throw *found.missing;
  return *std::move(found.value);
}

Resolved Resolver::required(const std::string& path) const {
  auto found = attempt_required(path);
  if (found.missing) throw *found.missing;
  return *std::move(found.value);
}

std::string Resolver::variable(const std::string& name) const {
  return find_variable(parts_.environment, name).value_or("");
}

bool is_on(const Resolved& value) { return parse_boolean(value.text).value_or(false); }

}  // namespace tidegate::config
