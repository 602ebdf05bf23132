#pragma once

/// An engine that is made only when it is needed, and may not be available.

#include <functional>
#include <memory>

#include "engine/engine.hpp"

namespace tidegate::engine {

/// Makes the engine of one credential when it is needed, not before.
/// @throws Error config: a variable is not set, a connection string is malformed. Called more than
/// once, it makes a new one each time. An empty function means: not configured.
using Connect = std::function<std::unique_ptr<Engine>()>;

}  // namespace tidegate::engine
