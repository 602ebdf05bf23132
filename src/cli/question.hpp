#pragma once

/// Asking before a filled named target is replaced or dropped.

#include <string>
#include <string_view>

#include "cli/session.hpp"
#include "model/plan.hpp"

namespace tidegate::cli {

/// Asks on a terminal, unless `--yes`, `--dry-run`, a preview, or nothing is there to lose. Not on
/// a terminal it asks nothing, since nobody is there to answer.
/// @param verb what will be done to it: `replaced`, `dropped`.
/// @throws Error cancelled when the answer is not yes.
void ask_before(Session& session, engine::Engine& engine, const Gate& gate,
                const TargetName& target, std::string_view verb);

/// Whether what was typed means yes.
bool means_yes(std::string_view answer);

}  // namespace tidegate::cli
