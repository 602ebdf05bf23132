#pragma once

/// What a target says of itself, and how that is changed without touching what it holds.

#include <functional>
#include <optional>

#include "engine/engine.hpp"
#include "model/mark_target.hpp"

namespace tidegate::engine {

/// What a target shall say of itself in place of what it says now (nothing: it has no metadata).
/// Nothing: it says the right thing. Pure: may be asked more than once.
using Change = std::function<std::optional<Metadata>(const std::optional<Metadata>& now)>;

/// Apart from Engine because it takes another permission. Errors: as Engine's.
class Notes {
 public:
  /// Lets a target say something else of itself: where `change` wants it, and under the place's
  /// lease, so that it meets no publish; one that a dead run has left is finished first. Takes no
  /// lease where there is nothing to change. A database that does not exist is left so.
  /// @returns what it says now. @throws Error conflict: held by another.
  static std::optional<Metadata> annotate(Run& run, Engine& engine, const MarkTarget& target,
                                          const Change& change, LeaseWish wish);
};

}  // namespace tidegate::engine
