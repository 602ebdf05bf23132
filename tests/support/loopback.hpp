#pragma once

/// Where a test's own servers listen.

#include "cli/demo/loopback.hpp"

namespace tidegate::test {

using cli::free_port;

}  // namespace tidegate::test
