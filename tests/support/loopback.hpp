#pragma once

/// Where a test's own servers listen.

namespace tidegate::test {

/// A TCP port of 127.0.0.1 on which nobody listens at this moment.
int free_port();

}  // namespace tidegate::test
