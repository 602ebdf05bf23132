#include "preview/reconcile.hpp"

#include <fmt/format.h>

#include <map>

#include "base/within.hpp"

namespace tidegate::preview {
namespace {

constexpr std::chrono::hours k_recently{24};

struct Seen {
  const PullRequest* pull = nullptr;  ///< null: it is not among the open ones
  const PreviewState* standing = nullptr;
};

std::map<PullNumber, Seen> together(const std::vector<PullRequest>& pulls,
                                    const std::vector<PreviewState>& standings) {
  std::map<PullNumber, Seen> all;
  for (const auto& pull : pulls) all[pull.number].pull = &pull;
  for (const auto& standing : standings) all[standing.number].standing = &standing;
  return all;
}

/// All entries, beginning after the last one handled.
std::vector<std::pair<PullNumber, Seen>> in_turn(const std::map<PullNumber, Seen>& all,
                                                 const std::optional<PullNumber>& last) {
  const auto first = last ? all.upper_bound(*last) : all.begin();
  std::vector<std::pair<PullNumber, Seen>> turns(first, all.end());
  turns.insert(turns.end(), all.begin(), first);
  return turns;
}

bool touched_recently(const Run& run, const PullRequest& pull) {
  return !pull.updated_at || run.clock().now() - *pull.updated_at < k_recently;
}

/// Whether there is nothing to do, regardless of the reported state.
bool is_settled(const Run& run, const Seen& seen_here, const SyncPlan& plan) {
  if (seen_here.pull == nullptr) return false;
  const auto& pull = *seen_here.pull;
  const bool wanted = wants_preview(pull, plan.policy);
  const bool abandoned = seen_here.standing != nullptr && seen_here.standing->abandoned;
  if (seen_here.standing == nullptr || abandoned) {
    const bool by_application = plan.policy.seeder == Seeder::application &&
                                !has_label(pull.labels, plan.policy.labels.snapshot);
    return wanted ? by_application && !touched_recently(run, pull) : !abandoned;
  }
  const auto& standing = *seen_here.standing;
  if (standing.busy) return true;  // another run is working on it; a later pass sees the result
  if (!standing.metadata || standing.interrupted) return false;
  const auto& metadata = *standing.metadata;
  const bool lock = has_label(pull.labels, plan.policy.labels.lock);
  if (metadata.locked.has_value() != lock || touched_recently(run, pull)) return false;
  const auto holds = seen(standing);
  if (!lock && plan.policy.refresh == Refresh::on_push && holds.commit != pull.commit) return false;
  LastReport said;
  said.commit = pull.commit;
  said.locked = lock;
  const auto decision = decide(pull, holds, said, plan.policy);
  return decision.action == Action::none && decision.labels.none();
}

bool is_stranger(const Seen& seen_here, const SyncPlan& plan) {
  const bool known = seen_here.standing == nullptr || seen_here.standing->metadata ||
                     seen_here.standing->abandoned;
  return !known && (seen_here.pull == nullptr || !wants_preview(*seen_here.pull, plan.policy));
}

}  // namespace

ReconcileResult reconcile(Run& run, forge::Forge& forge, PreviewBackend& backend,
                          const SyncPlan& plan, ReconcileCursor& rounds) {
  const auto pulls = forge.open_pull_requests(run);
  const auto standings = backend.list(run);
  ReconcileResult result;
  for (const auto& [number, here] : in_turn(together(pulls, standings), rounds.last)) {
    if (rounds.between) rounds.between();
    run.check();
    rounds.last = number;  // set first: this one may use up the remaining time
    if (is_stranger(here, plan)) {
      result.strangers.push_back(*here.standing);
      continue;
    }
    if (is_settled(run, here, plan)) {
      ++result.settled;
      continue;
    }
    LimitedRun own(run, rounds.limit, run.id());
    try {
      result.synced.push_back(sync(own.run(), forge, backend, plan, number));
    } catch (const Error& error) {
      run.check();
      run.log().warning(fmt::format("pr-{}: {}", number.value(), error.message()),
                        {{"run", run.id()}, {"hint", error.hint()}});
      result.failed.push_back({number, error});
    }
  }
  return result;
}

ReconcileResult reconcile(Run& run, forge::Forge& forge, PreviewBackend& backend,
                          const SyncPlan& plan) {
  ReconcileCursor once;
  return reconcile(run, forge, backend, plan, once);
}

}  // namespace tidegate::preview
