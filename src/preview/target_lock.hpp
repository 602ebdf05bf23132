#pragma once

/// The lock of a target, as recorded in its metadata.

#include <functional>
#include <optional>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"

namespace tidegate::preview {

/// A check by a party that knows more than the target, such as a code host whose labels may have
/// changed. Called right before each step that cannot be undone. It throws Error locked (or the
/// error that occurred) when the step must not be done any more.
using RequireUnchanged = std::function<void(Run&)>;

/// The party that a target is filled or dropped for.
struct WriteConditions {
  RequireUnchanged require_unchanged{};  ///< empty: no party to check with
  std::optional<LockRecord> lock{};      ///< recorded with the filled data: locked from then on
};

/// Reads the target's current lock from the server, asks the gate for permission with it, and calls
/// `require_unchanged` if set. Called when a run is planned and again right before each destructive
/// call.
/// @throws Error locked, refused, not_found, as the gate does.
WriteTarget permit_now(Run& run, engine::Engine& engine, const Gate& gate, const TargetName& target,
                       const RequireUnchanged& require_unchanged = {});

/// The error when the host cannot be asked whether the pull request is locked, which counts as
/// locked.
Error lock_in_doubt(PullNumber number, const Error& why);

}  // namespace tidegate::preview
