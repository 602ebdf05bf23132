#pragma once

/// A run inside another run.

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/run.hpp"

namespace tidegate {

/// It ends when the outer run ends, or at its own limit. shield() on it does not shield the outer
/// run. `outer` must outlive it.
class LimitedRun {
 public:
  using Limit = std::optional<std::chrono::milliseconds>;

  /// `id`: a new id when the inner run has its own entry in the journal, otherwise the outer run's
  /// id.
  LimitedRun(const Run& outer, const Limit& limit, std::string id)
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
