#pragma once

/// Where a code host calls.

#include <functional>

#include "forge/webhook.hpp"
#include "http/server.hpp"
#include "journal/deliveries.hpp"

namespace tidegate::web {

inline constexpr std::string_view k_webhook_path = "/webhooks/github";
/// GitHub sends no more.
inline constexpr std::size_t k_largest_webhook = 25UL * 1024 * 1024;

/// Answers at once: 202 when it waits to be done, 200 when there is nothing to do or it is known,
/// 401 to who cannot prove to be the host, 400 to what cannot be understood. `wake` is called when
/// something waits.
http::Handler webhook_page(forge::Receive receive, journal::Deliveries& deliveries,
                           const Clock& clock, std::function<void()> wake);

}  // namespace tidegate::web
