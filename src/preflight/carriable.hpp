#pragma once

/// Items that an engine cannot carry are refused by name, never left out silently.

#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace tidegate::preflight {

/// The items of production, sorted by name. One whose name is reserved for staging is an obstacle:
/// tidegate never makes such an item there.
std::vector<engine::Item> items_of_production(const engine::Inventory& production);

/// @throws Error refused: every item with an obstacle, each with its reason, in one message.
void refuse_obstacles(const std::string& name, const std::vector<engine::Item>& items);

}  // namespace tidegate::preflight
