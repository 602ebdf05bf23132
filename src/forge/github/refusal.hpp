#pragma once

/// Evaluates answers in which GitHub refuses a request.

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "http/client.hpp"

namespace tidegate::forge::github {

/// The time to wait when the answer is a rate limit ("Rate limits for the REST API", "Best
/// practices"); nothing when it is none. It is `retry-after`; otherwise the time until
/// `x-ratelimit-reset` when nothing remains; otherwise one minute, doubled with each earlier wait.
std::optional<std::chrono::milliseconds> rate_limit_wait(const http::Answer& answer, SystemTime now,
                                                         int waits_before);

/// `what`: `GET /repos/camaradesuk/syrf/pulls/7`.
Error refusal(const http::Answer& answer, const std::string& what);
Error not_json(const http::Answer& answer, const std::string& path);

}  // namespace tidegate::forge::github
