#pragma once

/// What a pull request's labels ask for, as files. What is to happen to the database is decided by
/// preview::decide(), of which this asks.

#include <string>

#include "model/pull_request.hpp"
#include "preview/decide.hpp"

namespace tidegate::gitops {

/// What a commit does to the preview's database when it is deployed.
enum class Fill { nothing, restore, reset };

struct PreviewIntent {
  PullNumber number;
  std::string commit{};
  bool access = false;    ///< user, secret and configuration are there
  bool snapshot = false;  ///< the user may read the snapshot
  bool locked = false;
  Fill fill = Fill::nothing;
  bool cleanup = false;  ///< the database goes with the preview
};

/// `seen` matters for a locked pull request alone: one whose database is not there yet is filled
/// once. Otherwise the files say what every deployment of this commit does, whatever is there.
PreviewIntent intent(const PullRequest& pull, const preview::TargetSeen& seen,
                     const PullPolicy& policy);

}  // namespace tidegate::gitops
