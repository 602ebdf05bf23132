#pragma once

/// The network and the service account of pods.

#include <string>
#include <vector>

#include "gitops/objects.hpp"

namespace tidegate::gitops {

/// A service account without a mounted token: the program does not call the cluster's API.
Tree service_account(const RenderPlan& plan, const ObjectPlace& placed);

enum class Web {
  left_out,
  reached  ///< HTTPS: a code host, an object store
};

/// Allows no incoming connections, and outgoing ones only to DNS, to the ports in the addresses of
/// these `sections` of the database (`production`; else the engine's default port), and, where
/// `web` is reached, to HTTPS. For the pods of the component.
Tree network_policy(const RenderPlan& plan, const ObjectPlace& placed,
                    const std::vector<std::string>& sections, Web web);

}  // namespace tidegate::gitops
