#pragma once

/// The rows of the table of commands, one file each.

#include "cli/parse/commands.hpp"

namespace tidegate::cli {

Command init_command();
Command check_command();
Command snapshot_command();
Command restore_command();
Command drop_command();
Command status_command();
Command verify_command();
Command render_command();
Command pr_plan_command();
Command pr_sync_command();
Command pr_event_command();
Command reconcile_command();
Command sweep_command();
Command gitops_command();
Command serve_command();
Command config_command();
Command demo_command();
Command help_command();
Command version_command();
Command completion_command();

/// The argument of commands that write a target, for their help.
inline constexpr std::string_view k_target_argument =
    "TARGET is pr-<number> (the preview of a pull request) or a named target of the "
    "configuration. The database's name (DB/) may be left out where the file has one.";

}  // namespace tidegate::cli
