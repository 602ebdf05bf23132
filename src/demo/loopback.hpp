#pragma once

/// Ports for servers that this program starts.

namespace tidegate::demo {

/// A TCP port of 127.0.0.1 on which nothing listens now. It is below the range from which the
/// system takes the ports of outgoing connections, so none of these takes it before the server
/// starts, nor while the server starts again.
/// @throws Error config: there is none.
int free_port();

}  // namespace tidegate::demo
