#include "web/webhook.hpp"

#include <fmt/format.h>

namespace tidegate::web {
namespace {

using Kind = forge::WebhookVerdict::Kind;

http::Outgoing plain(int status, const std::string& says) {
  return {.status = status, .body = says + "\n"};
}

}  // namespace

http::Handler webhook_page(forge::Receive receive, journal::Deliveries& deliveries,
                           const Clock& clock, std::function<void()> wake) {
  return [receive = std::move(receive), &deliveries, &clock,
          wake = std::move(wake)](const http::Incoming& request) {
    if (request.method != "POST") {
      return http::Outgoing{.status = 405, .body = "only POST\n", .headers = {{"Allow", "POST"}}};
    }
    const auto heard = receive(request.headers, request.body);
    if (heard.kind == Kind::unproven) return plain(401, heard.says);
    if (heard.kind == Kind::malformed) return plain(400, heard.says);
    if (heard.kind == Kind::nothing) return plain(200, "nothing to do: " + heard.says);
    const auto taken = deliveries.put(heard.delivery, *heard.number, clock.now());
    if (taken == journal::Deliveries::Taken::known) return plain(200, "known: " + heard.says);
    wake();
    return plain(202, "queued: " + heard.says);
  };
}

}  // namespace tidegate::web
