#include "preview/target_lock.hpp"

#include <fmt/format.h>

#include "base/utc.hpp"

namespace tidegate::preview {

WriteTarget permit_now(Run& run, engine::Engine& engine, const Gate& gate, const TargetName& target,
                       const RequireUnchanged& require_unchanged) {
  const auto found = engine.metadata(run, gate.database_of(target));
  LockState lock;
  if (found && found->locked) {
    lock = {true, found->locked->label, to_minute(found->locked->since)};
  }
  auto permission = gate.permit(target, lock);
  if (require_unchanged) require_unchanged(run);
  return permission;
}

Error lock_in_doubt(PullNumber number, const Error& why) {
  return {
      ErrorKind::locked,
      fmt::format("it cannot be asked whether pull request {} is locked, which counts as locked "
                  "({}); what the database holds was left as it is",
                  number.value(), why.message()),
      why.hint()};
}

}  // namespace tidegate::preview
