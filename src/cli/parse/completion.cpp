#include "cli/parse/completion.hpp"

#include <fmt/format.h>

#include "cli/parse/flags.hpp"

namespace tidegate::cli {
namespace {

/// Inside single quotes of any of the three shells (fish's backslash included).
std::string shell_quoted(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result;
}

std::string names_of_commands() { return fmt::format("{}", fmt::join(first_words(), " ")); }

/// Finds the command among the words typed so far, in bash and zsh alike: one word, or two.
std::string find_command_script(std::string_view words) {
  auto script = fmt::format(
      "  for each in {}; do\n"
      "    case \"$command\" in\n"
      "      '') case \" {} \" in *\" $each \"*) command=\"$each\" ;; esac ;;\n",
      words, names_of_commands());
  for (const auto& group : groups()) {
    script += fmt::format(
        "      {0}) case \" {1} \" in *\" $each \"*) command=\"{0} $each\" ;; esac ;;\n",
        group.name, fmt::join(second_words(group), " "));
  }
  return script + "    esac\n  done\n";
}

std::string_view summary_of(std::string_view word) {
  const auto* command = find_command(word);
  return command != nullptr ? command->summary : find_group(word)->summary;
}

constexpr std::string_view k_fish_seen = "__fish_seen_subcommand_from";

/// `__fish_seen_subcommand_from pr; and __fish_seen_subcommand_from plan`
std::string fish_condition(const Command& command) {
  const auto space = command.name.find(' ');
  if (space == std::string_view::npos) return fmt::format("{} {}", k_fish_seen, command.name);
  return fmt::format("{0} {1}; and {0} {2}", k_fish_seen, command.name.substr(0, space),
                     command.name.substr(space + 1));
}

/// The words that the command's first argument may be, where they are known.
std::string words_of(const Command& command) {
  if (command.name == "help") return names_of_commands() + " errors";
  return fmt::format("{}", fmt::join(split_choices(command.choices), " "));
}

std::string flags_and_words(const Command& command) {
  std::string words = words_of(command);
  for (const auto& flag : flags_of(command)) words += (words.empty() ? "" : " ") + flag.name;
  return words + " --help";
}

std::string choices_cases() {
  std::string cases;
  std::vector<Flag> with_choices = global_flags();
  for (const auto& command : commands()) {
    for (auto& flag : flags_of(command)) {
      if (!flag.global) with_choices.push_back(std::move(flag));
    }
  }
  for (const auto& flag : with_choices) {
    if (flag.choices.empty() || cases.find(flag.name + ")") != std::string::npos) continue;
    cases += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
                         flag.name, fmt::join(flag.choices, " "));
  }
  return cases;
}

}  // namespace

std::string bash_completion() {
  std::string script =
      "# tidegate completion for bash: source <(tidegate completion bash)\n"
      "_tidegate() {\n"
      "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" command= "
      "each\n"
      "  case \"$before\" in\n" +
      choices_cases() +
      "    --config|--output|--journal|--from) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
      "  esac\n" +
      find_command_script("\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"") + "  case \"$command\" in\n";
  for (const auto& command : commands()) {
    script += fmt::format("    '{}') COMPREPLY=($(compgen -W '{}' -- \"$word\")) ;;\n",
                          command.name, flags_and_words(command));
  }
  for (const auto& group : groups()) {
    script += fmt::format("    {}) COMPREPLY=($(compgen -W '{} --help' -- \"$word\")) ;;\n",
                          group.name, fmt::join(second_words(group), " "));
  }
  std::string global;
  for (const auto& flag : global_flags()) global += " " + flag.name;
  script += fmt::format(
      "    *) COMPREPLY=($(compgen -W '{}{} --help --version' -- \"$word\")) ;;\n"
      "  esac\n}}\ncomplete -F _tidegate tidegate",
      names_of_commands(), global);
  return script;
}

std::string zsh_completion() {
  std::string script =
      "#compdef tidegate\n"
      "# tidegate completion for zsh: source <(tidegate completion zsh)\n"
      "_tidegate() {\n"
      "  local -a listed\n"
      "  local command= each\n" +
      find_command_script("${words[2,CURRENT-1]}") + "  case \"$command\" in\n";
  for (const auto& command : commands()) {
    script += fmt::format("    '{}') compadd -- {} ;;\n", command.name, flags_and_words(command));
  }
  for (const auto& group : groups()) {
    script += fmt::format("    {}) compadd -- {} --help ;;\n", group.name,
                          fmt::join(second_words(group), " "));
  }
  script += "    *) listed=(\n";
  for (const auto& word : first_words()) {
    script += fmt::format("      '{}:{}'\n", word, shell_quoted(summary_of(word)));
  }
  script += "      ); _describe command listed";
  for (const auto& flag : global_flags()) script += fmt::format("; compadd -- {}", flag.name);
  return script + " ;;\n  esac\n}\ncompdef _tidegate tidegate";
}

std::string fish_completion() {
  std::string script =
      "# tidegate completion for fish: tidegate completion fish | source\n"
      "complete -c tidegate -f\n";
  for (const auto& word : first_words()) {
    script += fmt::format("complete -c tidegate -n '__fish_use_subcommand' -a {} -d '{}'\n", word,
                          shell_quoted(summary_of(word)));
  }
  for (const auto& group : groups()) {
    const auto words = fmt::format("{}", fmt::join(second_words(group), " "));
    script += fmt::format("complete -c tidegate -n '{} {}; and not {} {}' -a '{}'\n", k_fish_seen,
                          group.name, k_fish_seen, words, words);
  }
  for (const auto& command : commands()) {
    const auto words = words_of(command);
    const auto when = fish_condition(command);
    if (!words.empty()) {
      script += fmt::format("complete -c tidegate -n '{}' -a '{}'\n", when, words);
    }
    for (const auto& flag : flags_of(command)) {
      if (flag.global) continue;
      script +=
          fmt::format("complete -c tidegate -n '{}' -l {}{} -d '{}'\n", when, flag.name.substr(2),
                      flag.takes_value ? " -r" : "", shell_quoted(flag.help));
    }
  }
  for (const auto& flag : global_flags()) {
    script += fmt::format("complete -c tidegate -l {}{} -d '{}'", flag.name.substr(2),
                          flag.takes_value ? " -r" : "", shell_quoted(flag.help));
    if (!flag.choices.empty()) script += fmt::format(" -a '{}'", fmt::join(flag.choices, " "));
    script += "\n";
  }
  script.pop_back();
  return script;
}

}  // namespace tidegate::cli
