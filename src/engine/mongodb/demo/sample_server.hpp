#pragma once

/// The throwaway server of `tidegate demo`, and how it is reached.

#include <optional>
#include <string>

#include "engine/sample.hpp"

namespace tidegate::engine::mongodb {

/// mongod, else the test server that `./dev setup` installs, on the PATH or in its cache.
/// @throws Error config: there is none; says what installs one.
ServerRecipe sample_server(const ServerPlace& place);

/// The connection string without user and password, signing in against `admin`. Nothing where it
/// names a mechanism of its own.
std::optional<std::string> without_user(const std::string& uri);

}  // namespace tidegate::engine::mongodb
