#include "cli/parse/commands.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "cli/commands/table.hpp"

namespace tidegate::cli {
namespace {

const std::vector<Command>& table() {
  static const std::vector<Command> rows{
      init_command(),    check_command(),   snapshot_command(), restore_command(),
      drop_command(),    status_command(),  verify_command(),   render_command(),
      pr_plan_command(), pr_sync_command(), pr_event_command(), reconcile_command(),
      sweep_command(),   gitops_command(),  serve_command(),    config_command(),
      demo_command(),    help_command(),    version_command(),  completion_command(),
  };
  return rows;
}

constexpr std::array<Group, 1> k_groups{{{"pr", "pull requests: what their labels ask for"}}};

}  // namespace

std::span<const Command> commands() { return table(); }

std::string option_name(const Command& command) {
  std::string name(command.name);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::span<const Group> groups() { return k_groups; }

const Group* find_group(std::string_view name) {
  const auto* found = std::find_if(k_groups.begin(), k_groups.end(),
                                   [&](const Group& group) { return group.name == name; });
  return found == k_groups.end() ? nullptr : found;
}

std::vector<std::string> second_words(const Group& group) {
  std::vector<std::string> words;
  for (const auto& command : table()) {
    const auto space = command.name.find(' ');
    if (space != std::string_view::npos && command.name.substr(0, space) == group.name) {
      words.emplace_back(command.name.substr(space + 1));
    }
  }
  return words;
}

std::vector<std::string> first_words() {
  std::vector<std::string> words;
  for (const auto& command : table()) {
    std::string word(command.name.substr(0, command.name.find(' ')));
    if (words.empty() || words.back() != word) words.push_back(std::move(word));
  }
  return words;
}

const Command* find_command(std::string_view name) {
  for (const auto& command : table()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> parts;
  std::istringstream text{std::string(choices)};
  for (std::string part; std::getline(text, part, '|');) parts.push_back(part);
  return parts;
}

}  // namespace tidegate::cli
