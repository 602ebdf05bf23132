#pragma once

/// The network and the service account of pods.

#include <string>
#include <vector>

#include "gitops/objects.hpp"

namespace tidegate::gitops {

/// One that no token is mounted for: the program asks nothing of the cluster.
Tree service_account(const RenderPlan& plan, const Placed& placed);

enum class Web {
  left_out,
  reached  ///< HTTPS: a code host, an object store
};

/// Nothing comes in; out goes what the program needs: names, and the ports that the addresses of
/// these `sections` of the database (`production`) name, else the engine's own. The pods are those
/// of the component.
Tree network_policy(const RenderPlan& plan, const Placed& placed,
                    const std::vector<std::string>& sections, Web web);

}  // namespace tidegate::gitops
