#pragma once

/// What a pod may reach, and as whom it runs.

#include "gitops/objects.hpp"

namespace tidegate::gitops {

/// One that no token is mounted for: the program asks nothing of the cluster.
Tree service_account(const RenderPlan& plan, const Placed& placed);

enum class Reach {
  database,         ///< names, and the database's ports
  database_and_web  ///< and HTTPS: a code host, an object store
};

/// Nothing comes in; out goes what the program needs. The pods are those of the component.
Tree network_policy(const RenderPlan& plan, const Placed& placed, Reach reach);

}  // namespace tidegate::gitops
