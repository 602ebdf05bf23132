#pragma once

/// Signing in as a GitHub App ("Generating a JSON Web Token (JWT) for a GitHub App").

#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "model/forge_plan.hpp"

namespace tidegate::forge::github {

/// A JSON Web Token for nine minutes (GitHub takes ten at most), begun a minute ago, since clocks
/// differ. RS256. @throws Error config: the private key is no PEM text of an RSA key.
Secret app_token(const AppCredential& app, SystemTime now);

}  // namespace tidegate::forge::github
