#pragma once

/// Decisions carried out by a cluster: a commit asks for it.

#include <memory>

#include "gitops/commit.hpp"
#include "preview/carrier.hpp"

namespace tidegate::gitops {

/// Looks, lists and mirrors as `engine` does. What is to be filled or dropped is committed, and is
/// done when the cluster has taken it (Carried::done is false). A lock that comes or goes is
/// committed before it is mirrored, so that a run which dies between the two is repeated: with it
/// the Jobs that fill and drop go from the repository, or come back. tend() commits what a preview
/// has besides its data, and takes the Job away that has filled it.
std::unique_ptr<preview::Carrier> committing_carrier(std::unique_ptr<preview::Carrier> engine,
                                                     Commits commits);

}  // namespace tidegate::gitops
