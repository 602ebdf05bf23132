#pragma once

/// The throwaway server of `tidegate demo`, and the connection to it.

#include <optional>
#include <string>

#include "engine/sample.hpp"

namespace tidegate::engine::postgresql {

/// The newest of Debian's servers, else the one on the PATH. It asks for passwords from the start.
/// @throws Error config: no server is installed, or, for root, there is no user `postgres` to run
/// it as; the hint says what to install.
ServerRecipe sample_server(const ServerPlace& place);

/// The same server as `keyword=value` text, without user and password. Nothing where it names a
/// certificate or a password file.
std::optional<std::string> without_user(const std::string& uri);

}  // namespace tidegate::engine::postgresql
