#include "gitops/intent.hpp"

#include "preview/sync.hpp"

namespace tidegate::gitops {

std::string_view to_text(Fill fill) {
  switch (fill) {
    case Fill::restore:
      return "restore";
    case Fill::reset:
      return "reset";
    case Fill::nothing:
      break;
  }
  return "nothing";
}

PreviewIntent intent(const PullRequest& pull, const preview::ObservedTarget& seen,
                     const PullPolicy& policy) {
  PreviewIntent asked{.number = pull.number, .commit = pull.commit};
  const bool wanted = preview::wants_preview(pull, policy);
  asked.locked = has_label(pull.labels, policy.labels.lock);
  asked.over = !wanted && !asked.locked && seen.holds != preview::TargetContent::nothing;
  // Until its user goes: a Job that fills may not have signed in yet when the preview ends.
  asked.snapshot =
      has_label(pull.labels, policy.labels.snapshot) && (wanted || asked.locked || asked.over);
  // A locked database outlives its pull request, and so does the user who will drop it one day.
  asked.access = wanted || asked.locked || asked.over;
  asked.cleanup = (wanted || asked.over) && !asked.locked;
  if (!wanted) return asked;
  if (asked.locked) {
    const bool first = asked.snapshot && seen.holds == preview::TargetContent::nothing;
    asked.fill = first ? Fill::restore : Fill::nothing;
  } else {
    asked.fill = asked.snapshot ? Fill::restore : Fill::reset;
  }
  return asked;
}

}  // namespace tidegate::gitops
