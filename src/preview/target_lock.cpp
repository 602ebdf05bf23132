#include "preview/target_lock.hpp"

#include "base/utc.hpp"

namespace tidegate::preview {

WriteTarget permit_now(Run& run, engine::Engine& engine, const Gate& gate,
                       const TargetName& target) {
  const auto found = engine.metadata(run, gate.database_of(target));
  LockState lock;
  if (found && found->locked) {
    lock = {true, found->locked->label, to_minute(found->locked->since)};
  }
  return gate.permit(target, lock);
}

}  // namespace tidegate::preview
