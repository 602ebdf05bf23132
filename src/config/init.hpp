#pragma once

#include <string>

#include "model/names.hpp"

namespace tidegate::config {

/// A commented `tidegate.yaml` to start from. It loads without error as it is; connection strings
/// are variables.
std::string initial_file(EngineKind engine);

}  // namespace tidegate::config
