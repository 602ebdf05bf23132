#include "cli/parse/flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "config/options.hpp"

namespace tidegate::cli {
namespace {

Flag described(const config::Option& option) {
  Flag flag;
  flag.name = option.flag;
  flag.help = option.help;
  flag.takes_value = option.type != config::Type::boolean;
  if (flag.takes_value) {
    flag.metavar = config::value_name(option);
    flag.default_value = option.default_value;
  }
  if (option.type == config::Type::choice) flag.choices = split_choices(option.choices);
  flag.global = option.commands == "*";
  return flag;
}

Flag described(const LocalFlag& local) {
  Flag flag;
  flag.name = local.name;
  flag.help = local.help;
  flag.metavar = local.metavar;
  flag.former_name = local.former_name;
  flag.takes_value = local.value != FlagValue::none;
  flag.optional_value = local.value == FlagValue::optional;
  flag.repeated = local.value == FlagValue::repeated;
  flag.maybe_empty = local.value == FlagValue::maybe_empty;
  if (flag.metavar.find('|') != std::string::npos) flag.choices = split_choices(flag.metavar);
  return flag;
}

}  // namespace

std::vector<Flag> global_flags() {
  std::vector<Flag> flags;
  for (const auto& option : config::options()) {
    if (option.commands == "*" && !option.flag.empty()) flags.push_back(described(option));
  }
  return flags;
}

std::vector<Flag> flags_of(const Command& command) {
  std::vector<Flag> flags;
  std::set<std::string> seen;
  const auto take = [&](Flag flag) {
    if (seen.insert(flag.name).second) flags.push_back(std::move(flag));
  };
  for (const auto& local : command.flags) take(described(local));
  for (const auto* option : config::flags_of(option_name(command))) {
    if (option->commands != "*") take(described(*option));
  }
  for (auto& flag : global_flags()) take(std::move(flag));
  return flags;
}

std::map<std::string, Flag> all_flags() {
  std::map<std::string, Flag> all;
  for (auto& flag : global_flags()) all.emplace(flag.name, flag);
  for (const auto& command : commands()) {
    for (auto& flag : flags_of(command)) {
      const auto [at, is_new] = all.emplace(flag.name, flag);
      if (is_new || at->second.takes_value == flag.takes_value) continue;
      at->second.takes_value = at->second.optional_value = true;
    }
  }
  return all;
}

std::string current_name(std::string_view name) {
  for (const auto& command : commands()) {
    for (const auto& flag : command.flags) {
      if (!name.empty() && flag.former_name == name) return std::string(flag.name);
    }
  }
  return std::string(name);
}

std::string commands_with(std::string_view flag) {
  std::vector<std::string> names;
  for (const auto& command : commands()) {
    for (const auto& each : flags_of(command)) {
      if (each.name == flag) names.push_back(fmt::format("'{}'", command.name));
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace tidegate::cli
