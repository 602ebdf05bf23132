#include "snapshot/retain.hpp"

#include <fmt/format.h>

namespace tidegate::snapshot {

std::vector<RetentionDecision> explain_retention(Run& run, archive::Store& store,
                                                 const SnapshotPlan& plan) {
  auto archives = store.list(run, plan.name).archives;
  std::vector<SystemTime> moments;
  for (const auto& entry : archives) moments.push_back(entry.taken);
  const auto verdicts = tidegate::retain(plan.archives->retention, moments, run.clock().now());
  std::vector<RetentionDecision> sentences;
  for (std::size_t i = 0; i < archives.size(); ++i) {
    sentences.push_back({std::move(archives[i]), verdicts[i]});
  }
  return sentences;
}

RetentionResult retain(Run& run, archive::Store& store, archive::Lock& lock,
                       const SnapshotPlan& plan) {
  RetentionResult result{explain_retention(run, store, plan), {}};
  std::size_t stay = 0;
  for (const auto& [entry, verdict] : result.sentences) {
    if (verdict.stays) {
      ++stay;
      continue;
    }
    lock.confirm(run);
    try {
      store.remove(run, plan.name, entry, lock);
    } catch (const Error& error) {
      run.check();
      lock.confirm(run);
      ++stay;
      if (error.kind() == ErrorKind::conflict) {
        run.progress().step(Mark::warning, "not removed",
                            error.message() + "; the next run does it");
      } else {
        result.troubles.push_back(error.message());
      }
      continue;
    }
    if (run.mode() == Mode::dry_run) continue;
    run.progress().step(Mark::ok, "removed", fmt::format("{}: {}", entry.name, verdict.why));
  }
  if (run.mode() == Mode::real) {
    run.progress().step(Mark::ok, "kept", counted(static_cast<std::int64_t>(stay), "archive"));
  }
  return result;
}

}  // namespace tidegate::snapshot
