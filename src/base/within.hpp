#pragma once

/// A run within a run.

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/run.hpp"

namespace tidegate {

/// Ends when the outer one does, or at a limit of its own; what is past its commit point shields
/// itself alone. `outer` outlives it.
class Within {
 public:
  using Limit = std::optional<std::chrono::milliseconds>;

  /// `id`: of its own where it has a line of its own in the journal.
  Within(const Run& outer, const Limit& limit, std::string id)
      : run_(std::move(id), outer.clock(), outer.log(), outer.progress(), outer.stop(),
             shorter(outer.remaining(), limit), outer.mode()) {}
  Run& run() { return run_; }

 private:
  static Limit shorter(const Limit& a, const Limit& b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
  }
  Run run_;
};

}  // namespace tidegate
