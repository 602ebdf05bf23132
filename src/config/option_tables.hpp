#pragma once

/// The tables that make up the one table of options (options.hpp): each lists the keys of one
/// section, beside the code that reads them.

#include <span>
#include <vector>

#include "config/options.hpp"

namespace tidegate::config {

std::span<const Option> production_options();
std::span<const Option> snapshot_options();
std::span<const Option> storage_options();
std::span<const Option> target_options();
std::span<const Option> run_options();
std::span<const Option> pulls_options();
std::span<const Option> serving_options();
std::span<const Option> committing_options();
std::span<const Option> rendering_options();
std::span<const Option> command_options();

/// Whether every path is there once: each table asserts it when it is compiled.
template <class Options>
constexpr bool all_differ(const Options& options) {
  for (auto one = options.begin(); one != options.end(); ++one) {
    for (auto other = options.begin(); other != one; ++other) {
      if (one->path == other->path) return false;
    }
  }
  return true;
}

/// The rows of all tables, in their order. @throws Error internal: two have the same path.
std::vector<Option> joined(const std::vector<std::span<const Option>>& tables);

}  // namespace tidegate::config
