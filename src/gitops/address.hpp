#pragma once

/// Addresses of git repositories, as far as tidegate speaks to them.

#include <string_view>

namespace tidegate::gitops {

/// `https://host/path`, `ssh://[user@]host[:port]/path`, `user@host:path`; `http://` only to this
/// machine. @throws Error config otherwise, and when there is a password in it: what is accepted.
void check_address(std::string_view address);

}  // namespace tidegate::gitops
