#pragma once

/// Sample data for `tidegate demo`. Not the engine: this writes documents, and refuses every
/// database whose name does not begin with `tidegate_demo_`.

#include "engine/sample.hpp"

namespace tidegate::engine::mongodb {

SampleKind sample();

}  // namespace tidegate::engine::mongodb
