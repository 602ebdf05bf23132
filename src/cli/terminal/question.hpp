#pragma once

/// Asking before a filled named target is replaced or dropped.

#include <string>
#include <string_view>

#include "cli/commands/command_context.hpp"
#include "model/plan.hpp"

namespace tidegate::cli {

/// Asks on a terminal, except with `--yes` or `--dry-run`, for a preview, and where no data would
/// be lost. Without a terminal it does not ask, since no one could answer.
/// @param verb what will be done to it: `replaced`, `dropped`.
/// @throws Error cancelled when the answer is not yes.
void ask_before(CommandContext& session, engine::Engine& engine, const Gate& gate,
                const TargetName& target, std::string_view verb);

/// Whether what was typed means yes.
bool means_yes(std::string_view answer);

}  // namespace tidegate::cli
