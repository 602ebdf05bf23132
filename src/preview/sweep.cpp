#include "preview/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::preview {
namespace {

constexpr std::string_view k_tool = "tidegate";

/// One pass over the databases; a failure affects only the database where it occurred.
class Sweep {
 public:
  Sweep(Run& run, forge::Forge& forge, PreviewBackend& backend, const SyncPlan& plan,
        const SweepPlan& how)
      : run_(run), forge_(forge), backend_(backend), plan_(plan), how_(how) {}

  std::vector<Orphan> all();

 private:
  void look(Orphan& orphan);
  void judge(Orphan& orphan);
  Run& run_;
  forge::Forge& forge_;
  PreviewBackend& backend_;
  const SyncPlan& plan_;
  const SweepPlan& how_;
};

std::vector<Orphan> Sweep::all() {
  const auto open = forge_.open_pull_requests(run_);
  std::vector<Orphan> orphans;
  for (auto& standing : backend_.list(run_)) {
    const auto pull = std::find_if(open.begin(), open.end(), [&](const PullRequest& each) {
      return each.number == standing.number;
    });
    if (pull != open.end() && wants_preview(*pull, plan_.policy)) continue;
    Orphan orphan{std::move(standing)};
    if (pull != open.end()) orphan.pull = *pull;
    try {
      look(orphan);
      judge(orphan);
    } catch (const Error& error) {
      run_.check();
      orphan.fate = OrphanState::doubt;
      orphan.why = error.message();
    }
    orphans.push_back(std::move(orphan));
  }
  return orphans;
}

void Sweep::look(Orphan& orphan) {
  const auto number = orphan.standing.number;
  if (!orphan.pull) orphan.pull = forge_.pull_request(run_, number);
  if (auto now = backend_.inspect(run_, number)) orphan.standing = std::move(*now);
  const auto since = orphan.pull->closed_at ? orphan.pull->closed_at : orphan.pull->updated_at;
  if (since) {
    orphan.age = std::max(std::chrono::milliseconds{0}, run_.clock().now() - *since);
  }
}

void Sweep::judge(Orphan& orphan) {
  const auto number = orphan.standing.number;
  const auto& metadata = orphan.standing.metadata;
  const bool known = orphan.standing.abandoned || (metadata && metadata->tool_name == k_tool);
  if (has_label(orphan.pull->labels, plan_.policy.labels.lock)) {
    orphan.fate = OrphanState::locked;
  } else if (orphan.standing.busy) {
    orphan.why = "another run is writing it";
  } else if (!known && how_.named.count(number) == 0) {
    orphan.fate = OrphanState::stranger;
  } else if (how_.named.count(number) == 0 && (!orphan.age || *orphan.age < how_.grace)) {
    orphan.fate = OrphanState::young;
  } else if (how_.apply == Apply::no) {
    orphan.fate = OrphanState::droppable;
  } else {
    const auto synced = sync(run_, forge_, backend_, plan_, number);
    const bool gone = synced.decision.action == Action::drop;
    orphan.fate = gone ? OrphanState::dropped : OrphanState::doubt;
    if (!gone) orphan.why = synced.decision.reason;
  }
}

}  // namespace

std::string_view to_text(OrphanState fate) {
  switch (fate) {
    case OrphanState::dropped:
      return "dropped";
    case OrphanState::droppable:
      return "droppable";
    case OrphanState::locked:
      return "locked";
    case OrphanState::young:
      return "young";
    case OrphanState::stranger:
      return "stranger";
    case OrphanState::doubt:
      break;
  }
  return "doubt";
}

std::vector<Orphan> sweep(Run& run, forge::Forge& forge, PreviewBackend& backend,
                          const SyncPlan& plan, const SweepPlan& how) {
  return Sweep(run, forge, backend, plan, how).all();
}

}  // namespace tidegate::preview
