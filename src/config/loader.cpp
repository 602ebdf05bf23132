#include "config/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/suggest.hpp"
#include "config/check.hpp"
#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/read.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_variable_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view k_environment = "the environment";
constexpr std::string_view k_init_hint = "'tidegate init' writes one to start from";

/// A file that was named, and the flag or variable that names it.
struct Named {
  std::string path;
  std::string by;
};

std::optional<Named> named_file(const Sources& sources) {
  const auto flag = sources.flags.find("--config");
  if (flag != sources.flags.end()) return Named{flag->second, "--config"};
  const auto variable = sources.environment.find("TIDEGATE_CONFIG");
  if (variable != sources.environment.end() && !variable->second.empty()) {
    return Named{variable->second, "TIDEGATE_CONFIG"};
  }
  return std::nullopt;
}

bool is_there(const std::string& path) {
  std::error_code code;
  return std::filesystem::exists(path, code) || (code && code.value() == EACCES);
}

/// Nothing where there is none and the environment alone is enough.
std::optional<std::string> find_file(const Sources& sources, FileNeed need) {
  if (const auto named = named_file(sources)) {
    if (is_there(named->path)) return named->path;
    throw Error(ErrorKind::config,
                fmt::format("there is no file '{}', which {} names", named->path, named->by),
                std::string(k_init_hint));
  }
  for (const auto& place : sources.places) {
    if (is_there(place)) return place;
  }
  if (need == FileNeed::if_there || serves_alone(sources.environment)) return std::nullopt;
  throw Error(ErrorKind::config,
              fmt::format("no configuration file found: looked at --config, TIDEGATE_CONFIG, {}",
                          fmt::join(sources.places, ", ")),
              fmt::format("{}; SNAPSHOT_ENABLED and DATABASE_URL serve one PostgreSQL database "
                          "without a file",
                          k_init_hint));
}

std::string read_file(const std::string& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    throw Error(ErrorKind::config, fmt::format("cannot read '{}': it is a directory", path),
                "name the file in it");
  }
  errno = 0;
  std::ifstream input(path, std::ios::binary);
  if (!input) {
    throw Error(ErrorKind::config, fmt::format("cannot read '{}': {}", path, std::strerror(errno)),
                "let this user read it, or name another with --config");
  }
  std::string content(k_largest_file + 1, '\0');
  input.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(input.gcount()));
  return content;
}

/// Whether a problem's key is the name of a variable, which has no line in the file.
bool is_variable(std::string_view key) {
  return !key.empty() && key.find_first_not_of(k_variable_letters) == std::string_view::npos;
}

std::string to_line(const Problem& problem, const std::string& file) {
  auto place = problem.line > 0 ? fmt::format("{}:{}", file, problem.line) : file;
  if (is_variable(problem.key)) place.clear();
  auto line = place;
  for (const auto& part : {problem.key, problem.text}) {
    if (part.empty()) continue;
    line += line.empty() ? part : ": " + part;
  }
  return line;
}

/// Each hint once, a line each.
std::string joined_hints(const std::vector<Problem>& problems) {
  std::string hints;
  for (const auto& problem : problems) {
    if (problem.hint.empty() || hints.find(problem.hint) != std::string::npos) continue;
    hints += (hints.empty() ? "" : "\n") + problem.hint;
  }
  return hints;
}

void throw_problems(std::vector<Problem> problems, const std::string& file) {
  if (problems.empty()) return;
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  const auto& first = problems.front();
  if (problems.size() == 1) {
    auto place = first.line > 0 ? fmt::format("{}:{}", file, first.line) : file;
    if (!first.key.empty()) place += " " + first.key;
    if (is_variable(first.key)) place = first.key;
    throw Error(ErrorKind::config, to_line(first, file), first.hint, std::move(place));
  }
  constexpr std::size_t k_most_shown = 50;
  const auto where = file == k_environment ? file : fmt::format("'{}'", file);
  auto message = fmt::format("{} mistakes in {}", problems.size(), where);
  for (std::size_t i = 0; i < std::min(problems.size(), k_most_shown); ++i) {
    message += "\n  " + to_line(problems[i], file);
  }
  if (problems.size() > k_most_shown) message += "\n  …";
  throw Error(ErrorKind::config, std::move(message), joined_hints(problems), file);
}

int line_of(const Config::Parts& parts, const std::string& section) {
  const auto found = parts.section_lines.find(section);
  return found == parts.section_lines.end() ? 0 : found->second;
}

Config::Parts parts_of(const Sources& sources, std::string file) {
  Config::Parts parts;
  parts.file = std::move(file);
  parts.flags = sources.flags;
  parts.environment = sources.environment;
  parts.engine_databases = sources.engine_databases;
  return parts;
}

void check_flags(const Flags& flags) {
  for (const auto& [flag, text] : flags) {
    for (const auto& option : options()) {
      if (option.flag != flag) continue;
      if (const auto wrong = complaint(option, text)) {
        throw Error(ErrorKind::usage, fmt::format("flag '{}': {}", flag, *wrong));
      }
      break;
    }
  }
}

/// Variables of options that are no keys of the file, and of those of the whole program.
void check_variables(const Config::Parts& parts, std::vector<Problem>& problems) {
  for (const auto& option : options()) {
    if (option.home == Home::file) continue;
    const auto name = environment_name(option.path);
    const auto found = parts.environment.find(name);
    if (found == parts.environment.end() || found->second.empty()) continue;
    if (const auto wrong = complaint(option, found->second)) problems.push_back({0, name, *wrong});
  }
}

/// `--set`: a value as if the file had it.
void replace(Config::Parts& parts, const std::string& text) {
  const auto at = text.find('=');
  const auto key = text.substr(0, at);
  const auto fail = [&](const std::string& why, const std::string& hint = {}) {
    throw Error(ErrorKind::usage, fmt::format("flag '--set': '{}' {}", text, why), hint);
  };
  if (at == std::string::npos || at == 0) fail("is no key=value", "such as render.image=shop:1");
  for (const auto& path : concrete_paths(parts)) {
    const auto type = path.option->type;
    if (path.text != key || type == Type::map) continue;
    const auto value = text.substr(at + 1);
    auto wrong = template_complaint(value);
    if (!wrong && !has_variables(value)) wrong = complaint(*path.option, value);
    if (wrong) fail(*wrong);
    const bool is_list = type == Type::list;
    parts.file_values[key] = {key,
                              is_list ? split_list(value) : std::vector<std::string>{value},
                              is_list,
                              {Source::file, "--set"}};
    return;
  }
  std::vector<std::string> keys;
  for (const auto& path : concrete_paths(parts)) keys.push_back(path.text);
  const auto meant = did_you_mean(key, keys);
  fail("names no key of the file",
       meant ? fmt::format("did you mean '{}'?", *meant) : "'tidegate config schema' has them all");
}

Config load_environment(const Sources& sources, Redactor& redactor, FileNeed need) {
  check_flags(sources.flags);
  auto parts = parts_of(sources, {});
  std::vector<Problem> problems;
  check_variables(parts, problems);
  if (need == FileNeed::required) read_environment(parts, problems);
  Config config(parts, redactor);
  check_meaning(config, parts, problems);
  throw_problems(std::move(problems), std::string(k_environment));
  return config;
}

}  // namespace

Config load(const Sources& sources, Redactor& redactor, FileNeed need) {
  if (need == FileNeed::none) return load_environment(sources, redactor, need);
  const auto file = find_file(sources, need);
  if (!file) return load_environment(sources, redactor, need);
  return load_text(read_file(*file), *file, sources, redactor);
}

Config load_text(std::string_view text, std::string name, const Sources& sources,
                 Redactor& redactor) {
  check_flags(sources.flags);
  if (text.size() > k_largest_file) {
    throw Error(ErrorKind::config, fmt::format("'{}' is larger than 1 MiB", name),
                "is it the right file?");
  }
  auto parts = parts_of(sources, std::move(name));
  const auto file = parts.file;
  std::vector<Problem> problems;
  const auto root = read_document(text, problems);
  if (problems.empty() && root.kind == Node::Kind::null) {
    throw Error(ErrorKind::config, fmt::format("'{}' is empty", file), std::string(k_init_hint));
  }
  if (problems.empty() || root.kind == Node::Kind::map) read_values(root, parts, problems);
  if (problems.empty()) {
    for (const auto& each : sources.replaced) replace(parts, each);
  }
  check_variables(parts, problems);
  Config config(parts, redactor);
  // A value of wrong form was not read: checking the meaning would report it again, as missing.
  if (problems.empty()) {
    if (parts.database_names.empty()) {
      problems.push_back({line_of(parts, "databases"), "databases", "has no database in it",
                          std::string(k_init_hint)});
    }
    check_meaning(config, parts, problems);
  }
  throw_problems(std::move(problems), file);
  return config;
}

}  // namespace tidegate::config
