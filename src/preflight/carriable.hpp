#pragma once

/// What an engine cannot carry is refused by name, never dropped silently.

#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace tidegate::preflight {

/// What production holds: its items, and what bears a name of staging, which nothing of tidegate's
/// ever does there, as obstacles. By name.
std::vector<engine::Item> items_of_production(const engine::Inventory& production);

/// @throws Error refused: every item with an obstacle, each with its reason, in one message.
void refuse_obstacles(const std::string& name, const std::vector<engine::Item>& items);

}  // namespace tidegate::preflight
