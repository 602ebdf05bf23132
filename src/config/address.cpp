#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "config/config.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_snapshot = "snapshot";

Error left_out(const Config& config, std::string_view form) {
  return Error(ErrorKind::usage, "the file has several databases: say which one",
               fmt::format("write {} with one of {}", form, quote_list(config.database_names())));
}

const std::string& only_database(const Config& config, std::string_view form) {
  if (config.database_names().size() == 1) return config.database_names().front();
  throw left_out(config, form);
}

bool is_database(const Config& config, std::string_view name) {
  const auto& all = config.database_names();
  return std::find(all.begin(), all.end(), name) != all.end();
}

void require_database(const Config& config, std::string_view name) {
  if (is_database(config, name)) return;
  const auto& all = config.database_names();
  const auto meant = did_you_mean(name, all);
  throw Error(ErrorKind::not_found, fmt::format("there is no database '{}'", name),
              fmt::format("the file has {}{}", quote_list(all),
                          meant ? fmt::format("; did you mean '{}'?", *meant) : ""));
}

Address with_target(std::string database, std::string_view text, SnapshotWord word) {
  if (text == k_snapshot) {
    if (word == SnapshotWord::accepted) return {std::move(database), std::nullopt, true};
    throw Error(ErrorKind::usage, "'snapshot' is not a target of this command",
                "targets are pr-<number> and the named ones of the file; 'tidegate snapshot' takes "
                "a new snapshot");
  }
  auto target = parse_target(text);
  if (!target || text.empty()) {
    throw Error(ErrorKind::usage, fmt::format("'{}' is not the name of a target", text),
                "a preview is pr-<number>: a number from 1 to 2147483647 without leading zeros, "
                "such as pr-42");
  }
  return {std::move(database), std::move(target), false};
}

}  // namespace

std::string Config::one_database(const std::optional<std::string>& given) const {
  if (!given) return only_database(*this, "DB");
  require_database(*this, *given);
  return *given;
}

std::vector<std::string> Config::databases(const std::optional<std::string>& given) const {
  if (!given) return parts_.database_names;
  return {one_database(given)};
}

Address Config::address(std::string_view text, SnapshotWord word) const {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) {
    return with_target(only_database(*this, fmt::format("DB/{}", text)), text, word);
  }
  const auto database = text.substr(0, slash);
  require_database(*this, database);
  return with_target(std::string(database), text.substr(slash + 1), word);
}

std::vector<Address> Config::scope(const std::optional<std::string>& given) const {
  if (given && given->find('/') != std::string::npos) {
    return {address(*given, SnapshotWord::accepted)};
  }
  if (given && !is_database(*this, *given) && parts_.database_names.size() == 1) {
    const auto target = parse_target(*given);
    const auto known = target_names(parts_.database_names.front());
    const bool is_target = *given == k_snapshot || (target && target->number) ||
                           std::find(known.begin(), known.end(), *given) != known.end();
    if (is_target) return {address(*given, SnapshotWord::accepted)};
  }
  std::vector<Address> all;
  for (auto& name : databases(given)) all.push_back({std::move(name), std::nullopt, false});
  return all;
}

}  // namespace tidegate::config
