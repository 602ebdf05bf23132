#pragma once

/// Whether a copy fits beside what is there until it is published.

#include <string_view>

#include "base/run.hpp"
#include "engine/engine.hpp"

namespace tidegate::preflight {

/// Says in one step what the copy of `items` needs (data and indexes, uncompressed, so rather too
/// much) and what the server has free. Where the server does not say, that is said, and the run
/// goes on.
/// @throws Error no_space, with both sizes.
void require_space(Run& run, const std::vector<engine::Item>& items,
                   const engine::Inventory& destination);

Bytes size_of(const std::vector<engine::Item>& items);

}  // namespace tidegate::preflight
