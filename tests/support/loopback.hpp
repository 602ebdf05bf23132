#pragma once

/// Where a test's own servers listen.

#include "demo/loopback.hpp"

namespace tidegate::test {

using demo::free_port;

}  // namespace tidegate::test
