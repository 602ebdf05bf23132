#include "cli/completion.hpp"

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/session.hpp"

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

std::string names_of_commands() {
  std::string names;
  for (const auto& command : commands()) {
    names += names.empty() ? "" : " ";
    names += command.name;
  }
  return names;
}

/// What may stand as the command's first argument, where that is known.
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
      "  esac\n"
      "  for each in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \" " +
      names_of_commands() +
      " \" in *\" $each \"*) command=\"$each\"; break ;; esac\n"
      "  done\n"
      "  case \"$command\" in\n";
  for (const auto& command : commands()) {
    script += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")) ;;\n", command.name,
                          flags_and_words(command));
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
      "  local command= each\n"
      "  for each in ${words[2,CURRENT-1]}; do\n"
      "    case \" " +
      names_of_commands() +
      " \" in *\" $each \"*) command=$each; break ;; esac\n"
      "  done\n"
      "  case \"$command\" in\n";
  for (const auto& command : commands()) {
    script += fmt::format("    {}) compadd -- {} ;;\n", command.name, flags_and_words(command));
  }
  script += "    *) listed=(\n";
  for (const auto& command : commands()) {
    script += fmt::format("      '{}:{}'\n", command.name, shell_quoted(command.summary));
  }
  script += "      ); _describe command listed";
  for (const auto& flag : global_flags()) script += fmt::format("; compadd -- {}", flag.name);
  return script + " ;;\n  esac\n}\ncompdef _tidegate tidegate";
}

std::string fish_completion() {
  std::string script =
      "# tidegate completion for fish: tidegate completion fish | source\n"
      "complete -c tidegate -f\n";
  for (const auto& command : commands()) {
    script += fmt::format("complete -c tidegate -n '__fish_use_subcommand' -a {} -d '{}'\n",
                          command.name, shell_quoted(command.summary));
    const auto words = words_of(command);
    const auto when = fmt::format("__fish_seen_subcommand_from {}", command.name);
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

int run_completion(Session& session, const Invocation& invocation) {
  const auto& shell = invocation.arguments.front();
  auto script = shell == "bash"  ? bash_completion()
                : shell == "zsh" ? zsh_completion()
                                 : fish_completion();
  if (session.json()) {
    session.result(nlohmann::ordered_json{{"shell", shell}, {"script", script}});
  } else {
    session.result(script);
  }
  return 0;
}

}  // namespace tidegate::cli
