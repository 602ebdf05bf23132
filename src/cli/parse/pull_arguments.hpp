#pragma once

/// Arguments of the commands about pull requests: the number, and the flags that describe one.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/parse/arguments.hpp"
#include "config/config.hpp"
#include "model/pull_request.hpp"

namespace tidegate::cli {

/// `[DB/]N` → both. @throws Error usage: no number.
struct PullArgument {
  std::optional<std::string> database;
  PullNumber number;
};
PullArgument pull_argument(std::string_view text);

/// A pull request, and the policy of the database that the argument names.
struct PullAddress {
  PullNumber number;
  PullPolicy policy;
};

/// `[DB/]N`. Without DB all databases that have previews are meant, and must treat pull requests in
/// the same way; without any (or without a configuration file) the defaults hold.
/// @throws Error usage: no number, databases that differ. not_found: no such database.
PullAddress pull_address(const config::Config& config, std::string_view text);

/// `42`, or `pr-42` as the target is called. @throws Error usage: neither.
PullNumber pull_number(std::string_view text);

/// `--labels a,b`, or `otherwise` where it is not given; spaces around each taken off. @throws
/// Error usage: an empty one, one twice, one longer than a label can be, control characters.
std::vector<std::string> labels_of(const Invocation& invocation, std::string_view otherwise = {});

/// @throws Error usage: blanks or control characters in it, or longer than any commit.
std::string commit_of(const Invocation& invocation, std::string_view flag);

}  // namespace tidegate::cli
