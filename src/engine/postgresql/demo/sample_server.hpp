#pragma once

/// The throwaway server of `tidegate demo`, and how it is reached.

#include <optional>
#include <string>

#include "engine/sample.hpp"

namespace tidegate::engine::postgresql {

/// The newest of Debian's servers, else the one on the PATH. It asks for passwords from the start.
/// @throws Error config: there is none, or, for root, no user `postgres` to run it as; says what
/// installs it.
ServerRecipe sample_server(const ServerPlace& place);

/// The same server as `keyword=value` text, without user and password. Nothing where it names a
/// certificate or a password file.
std::optional<std::string> without_user(const std::string& uri);

}  // namespace tidegate::engine::postgresql
