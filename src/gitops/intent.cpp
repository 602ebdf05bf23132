#include "gitops/intent.hpp"

namespace tidegate::gitops {
namespace {

bool wants_preview(const PullRequest& pull, const PullPolicy& policy) {
  return pull.state == PullState::open && has_label(pull.labels, policy.labels.preview) &&
         (policy.forks || !pull.fork);
}

}  // namespace

PreviewIntent intent(const PullRequest& pull, const preview::TargetSeen& seen,
                     const PullPolicy& policy) {
  PreviewIntent asked{.number = pull.number, .commit = pull.commit};
  const bool wanted = wants_preview(pull, policy);
  asked.locked = has_label(pull.labels, policy.labels.lock);
  asked.snapshot = has_label(pull.labels, policy.labels.snapshot);
  // A locked database outlives its pull request, and so does the user who will drop it one day.
  asked.access = wanted || asked.locked;
  asked.cleanup = wanted && !asked.locked;
  if (!wanted) return asked;
  if (asked.locked) {
    const bool first = asked.snapshot && seen.holds == preview::Holds::nothing;
    asked.fill = first ? Fill::restore : Fill::nothing;
  } else {
    asked.fill = asked.snapshot ? Fill::restore : Fill::reset;
  }
  return asked;
}

}  // namespace tidegate::gitops
