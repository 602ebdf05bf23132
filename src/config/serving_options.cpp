// The daemon.

#include <array>

#include "config/option_tables.hpp"

namespace tidegate::config {
namespace {

constexpr auto k_serving_options = std::to_array<Option>({
    {.path = "server.listen",
     .type = Type::text,
     .help = "address and port on which `serve` answers health checks",
     .default_value = "127.0.0.1:8080",
     .example = "0.0.0.0:8080",
     .more = "Without an address (`:8080`), every one of this machine's; `[::1]:8080` for IPv6.",
     .flag = "--listen",
     .commands = "serve status",
     .metavar = "ADDRESS"},
    {.path = "server.reconcile",
     .type = Type::duration,
     .help = "how often `serve` looks at all pull requests, where `github` is configured",
     .default_value = "15m",
     .example = "5m"},
    {.path = "server.queue",
     .help = "file that keeps what webhooks ask for until it is done",
     .example = "/var/lib/tidegate/queue.db",
     .more = "Without it, requests that are not done are forgotten when `serve` ends; the next "
             "pass over all pull requests finds them."},
});
static_assert(all_differ(k_serving_options));

}  // namespace

std::span<const Option> serving_options() { return k_serving_options; }

}  // namespace tidegate::config
