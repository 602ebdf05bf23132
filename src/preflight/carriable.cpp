#include "preflight/carriable.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidegate::preflight {

void refuse_obstacles(const std::string& name, const std::vector<engine::Item>& items) {
  std::vector<std::string> reasons;
  std::vector<std::string> names;
  for (const auto& item : items) {
    if (item.obstacle.empty()) continue;
    reasons.push_back(fmt::format("'{}' ({})", item.name, item.obstacle));
    names.push_back(item.name);
  }
  if (reasons.empty()) return;
  throw Error(ErrorKind::refused,
              fmt::format("cannot carry {}; nothing was written", fmt::join(reasons, ", ")),
              fmt::format("leave {} out: 'databases.{}.snapshot.exclude: [{}]'",
                          names.size() == 1 ? "it" : "them", name, fmt::join(names, ", ")));
}

}  // namespace tidegate::preflight
