#pragma once

/// Sample data for `tidegate demo`. Not part of the engine: this writes rows, and refuses every
/// database whose name does not begin with `tidegate_demo_`.

#include "engine/sample.hpp"

namespace tidegate::engine::postgresql {

SampleKind sample();

}  // namespace tidegate::engine::postgresql
