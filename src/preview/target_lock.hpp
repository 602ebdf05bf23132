#pragma once

/// The lock of a target, as its own metadata has it.

#include <functional>
#include <optional>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"

namespace tidegate::preview {

/// Whether somebody who knows more than the target does (a code host, whose labels may have
/// changed) still wants what is about to be done. Asked right before each step that cannot be
/// undone. Throws Error locked (or what came between) when it must not be done any more.
using MayGoOn = std::function<void(Run&)>;

/// For whom something is filled or dropped.
struct OnBehalf {
  MayGoOn may_go_on{};               ///< nobody, where it is empty
  std::optional<LockRecord> lock{};  ///< recorded with what is filled: locked from then on
};

/// Asks the server for the target's lock, now, the gate for permission with it, and `may_go_on`
/// where there is one. Called when a
/// run is planned and again right before each destructive call.
/// @throws Error locked, refused, not_found, as the gate does.
WriteTarget permit_now(Run& run, engine::Engine& engine, const Gate& gate, const TargetName& target,
                       const MayGoOn& may_go_on = {});

/// Whether the pull request is locked cannot be asked, which counts as locked.
Error lock_in_doubt(PullNumber number, const Error& why);

}  // namespace tidegate::preview
