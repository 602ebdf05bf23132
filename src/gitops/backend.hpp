#pragma once

/// Decisions carried out by a cluster, which a commit asks.

#include <memory>

#include "gitops/commit.hpp"
#include "preview/backend.hpp"

namespace tidegate::gitops {

/// Looks, lists and mirrors as `engine` does, and knows as leftovers the folders in the repository
/// whose database is not there (listing goes on without them where the repository cannot be asked).
/// A fill or a drop is committed, and is done only when the cluster has carried it out
/// (ApplyResult::done is false until then). A lock that comes or goes is mirrored before it is
/// committed, by tend(): the cluster's Jobs look at the database. A run that dies between the two
/// is repeated. tend() commits what a preview has besides its data, and takes the Job away that has
/// filled it. A preview ends in steps (commit.hpp), the last of which is a later look's.
std::unique_ptr<preview::PreviewBackend> gitops_backend(
    std::unique_ptr<preview::PreviewBackend> engine, Commits commits);

}  // namespace tidegate::gitops
