#include "cli/parse/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "cli/parse/command_line.hpp"
#include "cli/parse/flags.hpp"
#include "config/options.hpp"

namespace tidegate::cli {
namespace {

Error usage(std::string message, std::string hint) {
  return Error(ErrorKind::usage, std::move(message), std::move(hint));
}

void refuse_flags_of_others(const Invocation& invocation) {
  std::set<std::string> own;
  for (const auto& flag : flags_of(*invocation.command)) own.insert(flag.name);
  for (const auto& [name, value] : invocation.flags) {
    if (own.count(name) > 0) continue;
    throw usage(fmt::format("'{}' is no flag of '{}'", name, invocation.command->name),
                fmt::format("it belongs to {}", commands_with(name)));
  }
}

void check_arguments(const Invocation& invocation) {
  const auto& command = *invocation.command;
  const auto count = static_cast<int>(invocation.arguments.size());
  if (count < command.least_arguments) {
    throw usage(fmt::format("'{}' needs {}", command.name, command.arguments), help_hint(&command));
  }
  if (count > command.most_arguments) {
    throw usage(fmt::format("'{}' takes no argument '{}'", command.name,
                            invocation.arguments[static_cast<std::size_t>(command.most_arguments)]),
                help_hint(&command));
  }
  for (const auto& argument : invocation.arguments) {
    if (argument.empty()) {
      throw usage(fmt::format("an argument of '{}' is empty", command.name),
                  "is a variable of your script not set?");
    }
  }
  if (command.choices.empty() || count == 0) return;
  const auto choices = split_choices(command.choices);
  const auto& typed = invocation.arguments.front();
  if (std::find(choices.begin(), choices.end(), typed) != choices.end()) return;
  const auto meant = did_you_mean(typed, choices);
  throw usage(fmt::format("'{}' takes {}, not '{}'", command.name, fmt::join(choices, ", "), typed),
              meant ? fmt::format("did you mean '{}'?", *meant) : help_hint(&command));
}

/// Checks values of the commands' own flags; config checks those of the option table's flags.
void check_local_values(const Invocation& invocation) {
  for (const auto& flag : flags_of(*invocation.command)) {
    const auto value = invocation.value(flag.name);
    if (!value || !flag.takes_value) continue;
    if (value->empty() && !flag.optional_value && !flag.maybe_empty) {
      throw usage(fmt::format("flag '{}' has an empty value", flag.name),
                  help_hint(invocation.command));
    }
    if (flag.choices.empty() || (flag.optional_value && *value == "true")) continue;
    if (std::find(flag.choices.begin(), flag.choices.end(), *value) == flag.choices.end()) {
      const auto meant = did_you_mean(*value, flag.choices);
      throw usage(
          fmt::format("flag '{}' takes {}, not '{}'", flag.name, fmt::join(flag.choices, ", "),
                      *value),
          meant ? fmt::format("did you mean '{}'?", *meant) : help_hint(invocation.command));
    }
  }
}

void check_option_values(const Invocation& invocation) {
  for (const auto* option : config::flags_of(option_name(*invocation.command))) {
    const auto value = invocation.value(option->flag);
    if (!value || option->type == config::Type::boolean) continue;
    if (const auto wrong = config::complaint(*option, *value)) {
      throw usage(fmt::format("flag '{}': {}", option->flag, *wrong),
                  help_hint(invocation.command));
    }
  }
}

}  // namespace

std::optional<std::string> Invocation::value(std::string_view flag) const {
  const auto at = flags.find(std::string(flag));
  if (at == flags.end()) return std::nullopt;
  return at->second.back();
}

std::vector<std::string> Invocation::all(std::string_view flag) const {
  const auto at = flags.find(std::string(flag));
  return at == flags.end() ? std::vector<std::string>() : at->second;
}

std::map<std::string, std::string> Invocation::option_flags() const {
  std::map<std::string, std::string> known;
  if (command == nullptr) return known;
  for (const auto* option : config::flags_of(option_name(*command))) {
    if (const auto value = this->value(option->flag)) known[std::string(option->flag)] = *value;
  }
  return known;
}

Invocation parse_arguments(const std::vector<std::string>& arguments) {
  auto invocation = split_command_line(arguments);
  if (invocation.command == nullptr && invocation.group != nullptr && !invocation.help &&
      !invocation.version) {
    throw unknown_in(*invocation.group, {});
  }
  if (invocation.command == nullptr || invocation.help || invocation.version) return invocation;
  refuse_flags_of_others(invocation);
  check_arguments(invocation);
  check_local_values(invocation);
  check_option_values(invocation);
  return invocation;
}

}  // namespace tidegate::cli
