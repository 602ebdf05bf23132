#pragma once

/// Where servers that this program starts listen.

namespace tidegate::cli {

/// A TCP port of 127.0.0.1 on which nobody listens at this moment, below those from which the
/// system takes the ports of outgoing connections: none of these comes in between, nor while the
/// server is started again.
/// @throws Error config: there is none.
int free_port();

}  // namespace tidegate::cli
