// Flags, and variables of the same names, that no file has.

#include <array>

#include "config/option_tables.hpp"

namespace tidegate::config {
namespace {

constexpr auto k_command_options = std::to_array<Option>({
    {.path = "config",
     .help = "the configuration file",
     .example = "./tidegate.yaml",
     .flag = "--config",
     .commands = "*",
     .metavar = "FILE",
     .home = Home::command_line},
    {.path = "json",
     .type = Type::boolean,
     .help = "one JSON document on standard output, also for errors",
     .default_value = "false",
     .flag = "--json",
     .commands = "*",
     .home = Home::command_line},
    {.path = "dry_run",
     .type = Type::boolean,
     .help = "print each step, write nothing",
     .default_value = "false",
     .flag = "--dry-run",
     .commands = "init snapshot restore drop render gitops pr-sync pr-event reconcile sweep",
     .home = Home::command_line},
    {.path = "yes",
     .type = Type::boolean,
     .help = "do not ask before a filled named target is replaced or dropped",
     .default_value = "false",
     .flag = "--yes",
     .commands = "restore drop",
     .home = Home::command_line},
    {.path = "wait",
     .type = Type::duration,
     .help = "how long to wait for a place that another run holds",
     .default_value = "0",
     .example = "5m",
     .flag = "--wait",
     .commands = "snapshot restore drop pr-sync pr-event reconcile sweep",
     .home = Home::command_line},
    {.path = "timeout",
     .type = Type::duration,
     .help = "time limit of the run",
     .example = "1m",
     .flag = "--timeout",
     .commands = "check status verify pr-sync pr-event reconcile sweep",
     .home = Home::command_line},
    {.path = "commit",
     .help = "the commit to record with a preview",
     .example = "4be1c02",
     .flag = "--commit",
     .commands = "restore drop render gitops",
     .metavar = "SHA",
     .home = Home::command_line},
    {.path = "repository",
     .help = "the repository to record with a preview",
     .example = "acme/shop",
     .flag = "--repository",
     .commands = "restore drop render gitops",
     .metavar = "OWNER/NAME",
     .home = Home::command_line},
    {.path = "from",
     .help = "the archive to restore, in place of the newest",
     .example = "atlas-20261122T030000Z.dump",
     .flag = "--from",
     .commands = "restore verify",
     .metavar = "ARCHIVE",
     .home = Home::command_line},
    {.path = "seed",
     .type = Type::boolean,
     .help = "leave it empty and marked, for the application to fill; or fill it, where "
             "'previews.seed' says with what",
     .default_value = "false",
     .flag = "--seed",
     .commands = "drop",
     .home = Home::command_line},
});
static_assert(all_differ(k_command_options));

}  // namespace

std::span<const Option> command_options() { return k_command_options; }

}  // namespace tidegate::config
