#pragma once

/// What stands behind the '?' of a connection string's URL.

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::engine::postgresql {

/// The parameters that libpq does not know, in their order. None where an '@' stands behind the
/// '?': then that mark belongs to a password that should have been encoded, and what follows is a
/// piece of it, which no message may show.
std::vector<std::string> unknown_parameters(std::string_view uri);

}  // namespace tidegate::engine::postgresql
