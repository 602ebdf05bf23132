#include "gitops/network.hpp"

namespace tidegate::gitops {
namespace {

constexpr int k_names = 53, k_https = 443;
/// Atlas answers on 27015 to 27017 (its page "Connection Ports": SRV records name any of them).
constexpr int k_mongodb_first = 27015, k_mongodb_last = 27017, k_postgresql = 5432;

Tree port(std::string_view protocol, int number) {
  return {{"protocol", protocol}, {"port", number}};
}

Tree rule(std::initializer_list<Tree> ports) {
  Tree one;
  one["ports"] = Tree::array();
  for (const auto& each : ports) one["ports"].push_back(each);
  return one;
}

Tree database_rule(EngineKind engine) {
  if (engine == EngineKind::postgresql) return rule({port("TCP", k_postgresql)});
  auto range = port("TCP", k_mongodb_first);
  range["endPort"] = k_mongodb_last;
  return rule({range});
}

}  // namespace

Tree service_account(const RenderPlan& plan, const Placed& placed) {
  auto account = object(plan, "v1", "ServiceAccount", placed);
  account["automountServiceAccountToken"] = false;
  return account;
}

Tree network_policy(const RenderPlan& plan, const Placed& placed, Reach reach) {
  auto policy = object(plan, "networking.k8s.io/v1", "NetworkPolicy", placed);
  auto& spec = policy["spec"];
  spec["podSelector"]["matchLabels"] = {{"app.kubernetes.io/name", "tidegate"},
                                        {"app.kubernetes.io/component", placed.component},
                                        {"app.kubernetes.io/instance", plan.name}};
  spec["policyTypes"] = Tree::array({"Ingress", "Egress"});
  spec["egress"] =
      Tree::array({rule({port("UDP", k_names), port("TCP", k_names)}), database_rule(plan.engine)});
  if (reach == Reach::database_and_web) spec["egress"].push_back(rule({port("TCP", k_https)}));
  return policy;
}

}  // namespace tidegate::gitops
