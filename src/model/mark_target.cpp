#include "model/mark_target.hpp"

namespace tidegate {

MarkTarget mark(const Gate& gate, const TargetName& target) {
  return MarkTarget(gate.permit(target, {}));
}

}  // namespace tidegate
