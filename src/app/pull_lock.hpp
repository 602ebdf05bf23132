#pragma once

/// Asks the code host whether a command may change a preview: the lock in the preview's own
/// metadata is only as recent as the last sync.

#include "app/services.hpp"
#include "model/gate.hpp"
#include "preview/target_lock.hpp"

namespace tidegate::app {

/// For `database`, the preview of a pull request: asks for the pull request's labels each time it
/// is called. One that is labelled as locked, or cannot be asked for, is refused (Error locked),
/// unless there is no database yet that a lock could protect. Empty for other targets, and where no
/// code host can be asked (then the metadata alone decides). `engine` outlives it.
/// @throws Error config.
preview::RequireUnchanged require_unlocked_pull(const Services& services,
                                                const config::Config& config,
                                                engine::Engine& engine, const TargetName& target,
                                                const DatabaseName& database);

}  // namespace tidegate::app
