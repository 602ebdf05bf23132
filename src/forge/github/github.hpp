#pragma once

/// forge/github: GitHub's REST API, as far as GitHub Enterprise Server shares it.

#include <memory>

#include "forge/forge.hpp"
#include "model/forge_plan.hpp"

namespace tidegate::forge::github {

/// Connects to the host at its first call, not before. Not thread safe.
/// @throws Error config: the repository is not of the form `owner/name`, the address is not
/// `https://` (`http://` only to a loopback address), or there is no credential.
std::unique_ptr<Forge> connect(const ForgePlan& plan);

}  // namespace tidegate::forge::github
