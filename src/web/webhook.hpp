#pragma once

/// The page that a code host calls.

#include <functional>

#include "forge/webhook.hpp"
#include "http/server.hpp"
#include "journal/deliveries.hpp"

namespace tidegate::web {

inline constexpr std::string_view k_webhook_path = "/webhooks/github";
/// GitHub's limit.
inline constexpr std::size_t k_largest_webhook = 25UL * 1024 * 1024;

/// Answers without waiting for the work: 202 when the call is queued, 200 when there is nothing to
/// do or the delivery is known, 401 when the signature is missing or wrong, 400 when the call
/// cannot be read. Calls `wake` after queueing.
http::Handler webhook_page(forge::Receive receive, journal::Deliveries& deliveries,
                           const Clock& clock, std::function<void()> wake);

}  // namespace tidegate::web
