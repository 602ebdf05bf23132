#include "cli/parse/pull_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace tidegate::cli {
namespace {

/// GitHub takes 50 characters of up to four bytes each.
constexpr std::size_t k_longest_label = 200;
constexpr std::size_t k_longest_commit = 128;

Error misused(std::string message, std::string hint = {}) {
  return Error(ErrorKind::usage, std::move(message), std::move(hint));
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string_view without_blanks_around(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string checked_label(std::string_view text, const std::vector<std::string>& before) {
  const auto label = without_blanks_around(text);
  if (label.empty()) {
    throw misused("'--labels' has an empty name in it", "separate names by one comma: a,b,c");
  }
  if (label.size() > k_longest_label || std::any_of(label.begin(), label.end(), is_control)) {
    throw misused(fmt::format("'--labels' has a name in it that no label has: '{}'", label));
  }
  if (has_label(before, label)) throw misused(fmt::format("'--labels' names '{}' twice", label));
  return std::string(label);
}

bool same(const PullPolicy& a, const PullPolicy& b) {
  return a.refresh == b.refresh && a.seeder == b.seeder;
}

/// Labels and forks are the same for all.
PullPolicy common_policy(const config::Config& config) {
  const auto databases = config.preview_databases();
  if (databases.empty()) return config.pull_policy();
  auto policy = config.pull_policy(databases.front());
  for (const auto& other : databases) {
    if (same(policy, config.pull_policy(other))) continue;
    throw misused(
        fmt::format("'{}' and '{}' treat pull requests differently", databases.front(), other),
        fmt::format("say which one is meant: {}/42", databases.front()));
  }
  return policy;
}

}  // namespace

PullNumber pull_number(std::string_view text) {
  constexpr std::string_view k_target = "pr-";
  const auto digits = text.starts_with(k_target) ? text.substr(k_target.size()) : text;
  if (const auto number = PullNumber::parse(digits)) return *number;
  throw misused(fmt::format("'{}' is no number of a pull request", text),
                "1 to 2147483647, digits alone, such as 42");
}

PullArgument pull_argument(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos) return {std::nullopt, pull_number(text)};
  return {std::string(text.substr(0, slash)), pull_number(text.substr(slash + 1))};
}

PullAddress pull_address(const config::Config& config, std::string_view text) {
  const auto argument = pull_argument(text);
  if (!argument.database) return {argument.number, common_policy(config)};
  return {argument.number, config.pull_policy(config.one_database(*argument.database))};
}

std::vector<std::string> labels_of(const Invocation& invocation, std::string_view otherwise) {
  const auto given = invocation.value("--labels").value_or(std::string(otherwise));
  std::vector<std::string> labels;
  if (without_blanks_around(given).empty()) return labels;
  std::string_view rest = given;
  while (true) {
    const auto comma = rest.find(',');
    labels.push_back(checked_label(rest.substr(0, comma), labels));
    if (comma == std::string_view::npos) return labels;
    rest.remove_prefix(comma + 1);
  }
}

std::string commit_of(const Invocation& invocation, std::string_view flag) {
  auto commit = invocation.value(flag).value_or("");
  const auto wrong = [](char c) { return c == ' ' || is_control(c); };
  if (commit.size() > k_longest_commit || std::any_of(commit.begin(), commit.end(), wrong)) {
    throw misused(fmt::format("'{}' names no commit: '{}'", flag, commit), "such as 4be1c02");
  }
  return commit;
}

}  // namespace tidegate::cli
