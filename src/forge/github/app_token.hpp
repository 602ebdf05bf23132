#pragma once

/// Signing in as a GitHub App ("Generating a JSON Web Token (JWT) for a GitHub App").

#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "model/forge_plan.hpp"

namespace tidegate::forge::github {

/// A JSON Web Token (RS256), valid for nine minutes (GitHub accepts ten at most) from one minute
/// ago, because clocks differ.
/// @throws Error config: the private key is not PEM text of an RSA key.
Secret app_token(const AppCredential& app, SystemTime now);

}  // namespace tidegate::forge::github
