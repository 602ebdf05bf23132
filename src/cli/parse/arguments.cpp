#include "cli/parse/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "config/options.hpp"

namespace tidegate::cli {
namespace {

Error usage(std::string message, std::string hint) {
  return Error(ErrorKind::usage, std::move(message), std::move(hint));
}

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
  flag.takes_value = local.value != LocalFlag::Value::none;
  flag.optional_value = local.value == LocalFlag::Value::optional;
  flag.repeated = local.value == LocalFlag::Value::repeated;
  flag.maybe_empty = local.value == LocalFlag::Value::maybe_empty;
  if (flag.metavar.find('|') != std::string::npos) flag.choices = split_choices(flag.metavar);
  return flag;
}

/// Every flag of every command, each once. The value is optional for a flag that takes one with
/// only some commands.
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

/// Separates the values of a flag that is given several times; no argument contains it.
constexpr char k_between = '\x1f';

std::vector<std::string> commands_with(std::string_view flag) {
  std::vector<std::string> names;
  for (const auto& command : commands()) {
    for (const auto& each : flags_of(command)) {
      if (each.name == flag) names.push_back(fmt::format("'{}'", command.name));
    }
  }
  return names;
}

std::string help_hint(const Command* command) {
  return command == nullptr
             ? "'tidegate help' lists the commands"
             : fmt::format("'tidegate {} --help' shows what it takes", command->name);
}

Error unknown_flag(const std::string& typed, const Command* command) {
  const auto name = typed.substr(0, typed.find('='));
  std::vector<std::string> candidates;
  for (const auto& flag : command != nullptr ? flags_of(*command) : global_flags()) {
    candidates.push_back(flag.name);
  }
  if (command == nullptr) {
    for (const auto& [each, flag] : all_flags()) candidates.push_back(each);
  }
  candidates.insert(candidates.end(), {"--help", "--version"});
  const auto meant = did_you_mean(name, candidates);
  return usage(fmt::format("unknown flag '{}'", name),
               meant ? fmt::format("did you mean '{}'?", *meant) : help_hint(command));
}

Error unknown_command(const std::string& typed) {
  const auto meant = did_you_mean(typed, first_words());
  return usage(fmt::format("unknown command '{}'", typed),
               meant ? fmt::format("did you mean 'tidegate {}'?", *meant) : help_hint(nullptr));
}

/// `pr` alone, or with an unknown second word.
Error unknown_in(const Group& group, const std::string& typed) {
  const auto words = second_words(group);
  const auto meant = did_you_mean(typed, words);
  return usage(
      typed.empty()
          ? fmt::format("'{}' needs one of {}", group.name, fmt::join(words, ", "))
          : fmt::format("'{}' takes {}, not '{}'", group.name, fmt::join(words, ", "), typed),
      meant ? fmt::format("did you mean 'tidegate {} {}'?", group.name, *meant)
            : fmt::format("'tidegate {} --help' says what each does", group.name));
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_value_of(const Flag& flag, const std::string& text) {
  if (flag.metavar == "N") return is_number(text);
  return flag.choices.empty() ||
         std::find(flag.choices.begin(), flag.choices.end(), text) != flag.choices.end();
}

/// The values that CLI11 fills in; its own messages are not used, since they have no hints.
class Parser {
 public:
  Parser() : app_("", "tidegate"), flags_(all_flags()) {
    app_.set_help_flag();
    app_.allow_extras();
    app_.require_subcommand(0, 1);
    app_.add_flag("-h,--help", help_);
    app_.add_flag("--version", version_);
    for (const auto& [name, flag] : flags_) add(flag);
    for (const auto& command : commands()) {
      if (command.name.find(' ') != std::string_view::npos) continue;
      take_arguments(add_word(app_, command.name));
    }
    for (const auto& group : groups()) {
      auto& words = add_word(app_, group.name);
      words.require_subcommand(0, 1);
      for (const auto& word : second_words(group)) take_arguments(add_word(words, word));
    }
  }

  Invocation parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
      app_.parse(arguments);
    } catch (const CLI::ParseError& error) {
      throw usage(translated(error), help_hint(chosen()));
    }
    return collected();
  }

 private:
  static CLI::App& add_word(CLI::App& to, std::string_view word) {
    auto* sub = to.add_subcommand(std::string(word));
    sub->set_help_flag();
    sub->fallthrough();
    sub->allow_extras();
    return *sub;
  }

  void take_arguments(CLI::App& command) {
    command.add_option("arguments", arguments_)->expected(0, 1000);
  }

  void add(const Flag& flag) {
    if (!flag.takes_value) {
      app_.add_flag(flag.name, switches_[flag.name]);
      return;
    }
    auto* option = app_.add_option(flag.name, values_[flag.name]);
    if (flag.repeated) {
      option->join(k_between);
    } else {
      option->take_last();
    }
    if (flag.optional_value) option->expected(0, 1);
  }

  const Command* chosen() const {
    std::string name;
    for (auto parsed = app_.get_subcommands(); !parsed.empty();
         parsed = parsed.front()->get_subcommands()) {
      name += (name.empty() ? "" : " ") + parsed.front()->get_name();
    }
    return find_command(name);
  }

  const Group* chosen_group() const {
    const auto parsed = app_.get_subcommands();
    return parsed.empty() ? nullptr : find_group(parsed.front()->get_name());
  }

  static std::string translated(const CLI::ParseError& error) {
    std::string text = error.what();
    const auto flag = text.substr(0, text.find_first_of(": "));
    if (flag.rfind("--", 0) == 0) return fmt::format("flag '{}' needs a value", flag);
    // `Could not convert: --dry-run = maybe`: the only thing it cannot convert is a switch's value.
    const auto at = text.find("--");
    if (at != std::string::npos) {
      return fmt::format("'{}' is a switch, and takes no such value", text.substr(at));
    }
    return "cannot read the command line: " + text;
  }

  Invocation collected() {
    Invocation result;
    result.command = chosen();
    if (result.command == nullptr) result.group = chosen_group();
    result.help = help_ > 0;
    result.version = version_ > 0;
    result.arguments = arguments_;
    refuse_extras(result);
    for (const auto& [name, count] : switches_) {
      if (count > 0) result.flags[name] = "true";
    }
    for (const auto& [name, value] : values_) {
      if (app_.get_option(name)->count() > 0) result.flags[name] = value;
    }
    if (result.command != nullptr) {
      for (const auto& flag : flags_of(*result.command)) give_back(result, flag);
    }
    return result;
  }

  /// `--runs syrf`: a word that cannot be the flag's optional value is the next argument.
  static void give_back(Invocation& result, const Flag& flag) {
    const auto value = result.value(flag.name);
    if (!value || (flag.takes_value && !flag.optional_value)) return;
    if (flag.takes_value && is_value_of(flag, *value)) return;
    if (!value->empty() && *value != "true") {
      result.arguments.insert(result.arguments.begin(), *value);
    }
    result.flags[flag.name] = "true";
  }

  void refuse_extras(const Invocation& result) const {
    const auto extras = app_.remaining(true);
    for (const auto& extra : extras) {
      if (extra.size() > 1 && extra.front() == '-' && extra != "--") {
        throw unknown_flag(extra, result.command);
      }
    }
    for (const auto& extra : extras) {
      if (extra == "--") continue;
      if (result.group != nullptr) throw unknown_in(*result.group, extra);
      if (result.command == nullptr) throw unknown_command(extra);
      throw usage(fmt::format("unexpected argument '{}' before the command '{}'", extra,
                              result.command->name),
                  help_hint(result.command));
    }
  }

  CLI::App app_;
  std::map<std::string, Flag> flags_;
  std::map<std::string, int> switches_;
  std::map<std::string, std::string> values_;
  std::vector<std::string> arguments_;
  int help_ = 0, version_ = 0;
};

void refuse_flags_of_others(const Invocation& invocation) {
  std::set<std::string> own;
  for (const auto& flag : flags_of(*invocation.command)) own.insert(flag.name);
  for (const auto& [name, value] : invocation.flags) {
    if (own.count(name) > 0) continue;
    throw usage(fmt::format("'{}' is no flag of '{}'", name, invocation.command->name),
                fmt::format("it belongs to {}", fmt::join(commands_with(name), ", ")));
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
  return at->second;
}

std::vector<std::string> Invocation::all(std::string_view flag) const {
  std::vector<std::string> values;
  const auto given = value(flag);
  if (!given) return values;
  std::string_view rest = *given;
  for (auto end = rest.find(k_between); end != std::string_view::npos; end = rest.find(k_between)) {
    values.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  values.emplace_back(rest);
  return values;
}

std::map<std::string, std::string> Invocation::option_flags() const {
  std::map<std::string, std::string> known;
  if (command == nullptr) return known;
  for (const auto* option : config::flags_of(option_name(*command))) {
    auto value = this->value(option->flag);
    if (value && option->type == config::Type::boolean) value = "true";
    if (value) known[std::string(option->flag)] = *value;
  }
  return known;
}

Invocation parse_arguments(const std::vector<std::string>& arguments) {
  auto invocation = Parser().parse(arguments);
  if (invocation.group != nullptr && !invocation.help && !invocation.version) {
    throw unknown_in(*invocation.group, {});
  }
  if (invocation.command == nullptr || invocation.help || invocation.version) return invocation;
  refuse_flags_of_others(invocation);
  check_arguments(invocation);
  check_local_values(invocation);
  check_option_values(invocation);
  return invocation;
}

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
  const auto table = config::flags_of(option_name(command));
  for (const auto* option : table) {
    if (option->commands != "*") take(described(*option));
  }
  for (auto& flag : global_flags()) take(std::move(flag));
  return flags;
}

}  // namespace tidegate::cli
