#include "preflight/carriable.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tidegate::preflight {

std::vector<engine::Item> items_of_production(const engine::Inventory& production) {
  auto items = production.items;
  for (const auto& name : production.staging) {
    engine::Item item;
    item.name = name;
    item.obstacle = "its name is one of staging, which is never copied";
    items.push_back(std::move(item));
  }
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return items;
}

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
