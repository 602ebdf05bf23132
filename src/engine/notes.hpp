#pragma once

/// Changes a target's metadata without touching its content.

#include <functional>
#include <optional>

#include "engine/engine.hpp"
#include "model/mark_target.hpp"

namespace tidegate::engine {

/// The metadata that a target shall have in place of `now` (nothing: it has none). Returns nothing
/// when `now` is right. Pure: may be called more than once.
using Change = std::function<std::optional<Metadata>(const std::optional<Metadata>& now)>;

/// Apart from Engine because it takes another permission. Errors: as Engine's.
class Notes {
 public:
  /// Replaces the target's metadata where `change` wants it, under the target's lease, so that no
  /// publish runs at the same time; a publish that a dead run has left is finished first. Takes no
  /// lease where there is nothing to change. A database that does not exist is not created.
  /// @returns the metadata afterwards. @throws Error conflict: another run holds the lease.
  static std::optional<Metadata> annotate(Run& run, Engine& engine, const MarkTarget& target,
                                          const Change& change, LeaseWish wish);
};

}  // namespace tidegate::engine
