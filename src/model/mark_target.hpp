#pragma once

/// Permission to change what a target says of itself, as a type.

#include <utility>

#include "model/gate.hpp"

namespace tidegate {

namespace engine {
class Notes;
}

/// For one target, and nothing of what it holds. Given for locked targets too: it is how their lock
/// is written down. No WriteTarget comes of it; Notes alone takes the place's lease with it, for as
/// long as that lasts (docs/decisions/0018).
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

/// The places that the gate would permit, were they not locked. @throws as Gate::permit() does, but
/// for the lock.
MarkTarget mark(const Gate& gate, const TargetName& target);

}  // namespace tidegate
