#pragma once

/// What GitHub means when it does not do as it is asked.

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "http/client.hpp"

namespace tidegate::forge::github {

/// How long to wait where the answer is a rate limit ("Rate limits for the REST API", "Best
/// practices"): retry-after, else until x-ratelimit-reset when nothing remains, else a minute,
/// doubled with each wait before. Nothing where it is none.
std::optional<std::chrono::milliseconds> rate_limit_wait(const http::Answer& answer, SystemTime now,
                                                         int waits_before);

/// `what`: `GET /repos/camaradesuk/syrf/pulls/7`.
Error refusal(const http::Answer& answer, const std::string& what);
Error not_json(const http::Answer& answer, const std::string& path);

}  // namespace tidegate::forge::github
