#pragma once

/// The parameters after the '?' of a connection string's URL.

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::engine::postgresql {

/// The parameters that libpq does not know, in their order. None where an '@' follows the '?': then
/// that '?' belongs to a password that is not percent-encoded, and the rest is a part of it, which
/// no message may show.
std::vector<std::string> unknown_parameters(std::string_view uri);

}  // namespace tidegate::engine::postgresql
