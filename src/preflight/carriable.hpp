#pragma once

/// What an engine cannot carry is refused by name, never dropped silently.

#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace tidegate::preflight {

/// @throws Error refused: every item with an obstacle, each with its reason, in one message.
void refuse_obstacles(const std::string& name, const std::vector<engine::Item>& items);

}  // namespace tidegate::preflight
