#include <fmt/format.h>

#include <set>

#include "base/error.hpp"
#include "config/option_tables.hpp"

namespace tidegate::config {

std::vector<Option> joined(const std::vector<std::span<const Option>>& tables) {
  std::vector<Option> all;
  std::set<std::string_view> paths;
  for (const auto& table : tables) {
    for (const auto& option : table) {
      if (!paths.insert(option.path).second) {
        throw Error(ErrorKind::internal, fmt::format("two options are called '{}'", option.path));
      }
      all.push_back(option);
    }
  }
  return all;
}

std::span<const Option> options() {
  static const auto rows =
      joined({production_options(), snapshot_options(), storage_options(), target_options(),
              run_options(), pulls_options(), serving_options(), committing_options(),
              rendering_options(), command_options()});
  return rows;
}

}  // namespace tidegate::config
