#pragma once

/// forge/github: GitHub's REST interface, and what its Enterprise server shares with it.

#include <memory>

#include "forge/forge.hpp"
#include "model/forge_plan.hpp"

namespace tidegate::forge::github {

/// Speaks to the host from its first call on, not before. Not thread safe.
/// @throws Error config: the repository is not of the form `owner/name`, the address is no
/// `https://` one (`http://` only to a loopback address), or there is no credential.
std::unique_ptr<Forge> connect(const ForgePlan& plan);

}  // namespace tidegate::forge::github
