#pragma once

/// The files that a pull request's labels ask for. What happens to the database is decided by
/// preview::decide(), which this calls.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "model/pull_request.hpp"
#include "preview/decide.hpp"

namespace tidegate::gitops {

/// The effect of a commit on the preview's database when it is deployed.
enum class Fill { nothing, restore, reset };
std::string_view to_text(Fill fill);

/// A request to fill. A database that was filled before it is filled again.
struct FillRequest {
  SystemTime when{};
  int attempt = 1;  ///< how often the same fill was requested, since it was not done
};

struct PreviewIntent {
  PullNumber number;
  std::string commit{};
  bool access = false;    ///< user, secret and configuration are there
  bool snapshot = false;  ///< the user may read the snapshot
  bool locked = false;
  Fill fill = Fill::nothing;
  std::optional<FillRequest> ask{};
  bool cleanup = false;  ///< the database goes with the preview
  bool over = false;     ///< the preview ends now: without an Application of jobs
};

/// `seen` matters in two cases: a locked pull request whose database is not there yet is filled
/// once, and a preview that is over keeps user and cleanup as long as there may be a database.
/// Otherwise the files do not depend on the database.
PreviewIntent intent(const PullRequest& pull, const preview::ObservedTarget& seen,
                     const PullPolicy& policy);

}  // namespace tidegate::gitops
