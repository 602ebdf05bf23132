#pragma once

/// Permission to change a target's metadata, as a type.

#include <utility>

#include "model/gate.hpp"

namespace tidegate {

namespace engine {
class Notes;
}

/// For one target's metadata, never for its content. Given for locked targets too, since it is how
/// their lock is recorded. It cannot become a WriteTarget: only Notes takes the target's lease with
/// it, for the time of one change (docs/decisions/0018).
class MarkTarget {
 public:
  const DatabaseName& database() const noexcept { return place_.database(); }
  const std::string& label() const noexcept { return place_.label(); }

 private:
  friend MarkTarget mark(const Gate& gate, const TargetName& target);
  friend class engine::Notes;
  explicit MarkTarget(WriteTarget place) : place_(std::move(place)) {}
  WriteTarget place_;
};

/// For every target that the gate would permit without its lock. @throws as Gate::permit() does,
/// except for the lock.
MarkTarget mark(const Gate& gate, const TargetName& target);

}  // namespace tidegate
