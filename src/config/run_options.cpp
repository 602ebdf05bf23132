// The record, the log and the patience of every run.

#include <array>

#include "config/option_tables.hpp"

namespace tidegate::config {
namespace {

constexpr auto k_run_options = std::to_array<Option>({
    {.path = "journal",
     .type = Type::text,
     .help = "file that keeps a record of every run",
     .example = "/var/lib/tidegate/journal.db",
     .more = "Without it, the record is the log.",
     .flag = "--journal",
     .commands = "snapshot restore drop verify status serve pr-sync pr-event reconcile sweep",
     .metavar = "FILE"},
    {.path = "log.level",
     .type = Type::choice,
     .help = "the least important events to log",
     .default_value = "info",
     .example = "debug",
     .choices = "trace|debug|info|warning|error",
     .flag = "--log-level",
     .commands = "*"},
    {.path = "log.format",
     .type = Type::choice,
     .help = "form of a log line",
     .default_value = "text",
     .example = "json",
     .choices = "text|json",
     .flag = "--log-format",
     .commands = "*"},
    {.path = "sign_in_wait",
     .type = Type::duration,
     .help = "how long a failed sign-in or a missing right is tried again",
     .default_value = "0",
     .example = "2m",
     .more = "A new user, or a change of its roles, takes a while to arrive at the server.",
     .flag = "--sign-in-wait",
     .commands =
         "check snapshot restore drop status verify serve pr-sync pr-event reconcile sweep"},
});
static_assert(all_differ(k_run_options));

}  // namespace

std::span<const Option> run_options() { return k_run_options; }

}  // namespace tidegate::config
