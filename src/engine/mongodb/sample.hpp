#pragma once

/// Sample data for `tidegate demo`. Not the engine: this writes documents, and refuses every
/// database whose name does not begin with `tidegate_demo_`.

#include <memory>

#include "engine/sample.hpp"

namespace tidegate::engine::mongodb {

/// Sends nothing before its first call. @throws Error config: the connection string is malformed.
std::unique_ptr<Sample> sample(const Endpoint& endpoint);

}  // namespace tidegate::engine::mongodb
