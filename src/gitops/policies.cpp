#include <fmt/format.h>

#include "gitops/objects.hpp"
#include "gitops/policy_rules.hpp"
#include "gitops/subjects.hpp"

namespace tidegate::gitops {
namespace {

constexpr std::string_view k_group = "atlas.mongodb.com";

Tree resource_rules() {
  Tree rule;
  rule["apiGroups"] = Tree::array({k_group});
  rule["apiVersions"] = Tree::array({"v1"});
  rule["operations"] = Tree::array({"CREATE", "UPDATE"});
  rule["resources"] = Tree::array({"atlasdatabaseusers"});
  return {{"resourceRules", Tree::array({rule})}};
}

Tree variables_of(const PolicyRules& rules) {
  Tree list = Tree::array();
  for (const auto& variable : rules.variables) {
    list.push_back({{"name", variable.name}, {"expression", variable.expression}});
  }
  return list;
}

enum class Reasons { left_out, given };

Tree validations_of(const PolicyRules& rules, Reasons reasons) {
  Tree list = Tree::array();
  for (const auto& rule : rules.validations) {
    Tree one{{"expression", rule.expression}, {"message", rule.message}};
    if (reasons == Reasons::given) one["reason"] = "Forbidden";
    list.push_back(std::move(one));
  }
  return list;
}

Tree kyverno(const RenderPlan& plan, const ObjectPlace& placed, const PolicyRules& rules) {
  auto policy = object(plan, "policies.kyverno.io/v1", "ValidatingPolicy", placed);
  auto& spec = policy["spec"];
  spec["failurePolicy"] = "Fail";
  spec["validationActions"] = Tree::array({"Deny"});
  spec["matchConstraints"] = resource_rules();
  spec["variables"] = variables_of(rules);
  spec["validations"] = validations_of(rules, Reasons::left_out);
  return policy;
}

Tree native(const RenderPlan& plan, const ObjectPlace& placed, const PolicyRules& rules) {
  auto policy =
      object(plan, "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", placed);
  auto& spec = policy["spec"];
  spec["failurePolicy"] = "Fail";
  spec["matchConstraints"] = resource_rules();
  spec["variables"] = variables_of(rules);
  spec["validations"] = validations_of(rules, Reasons::given);
  return policy;
}

Tree binding(const RenderPlan& plan, const ObjectPlace& placed) {
  auto binding =
      object(plan, "admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", placed);
  binding["spec"]["policyName"] = placed.name;
  binding["spec"]["validationActions"] = Tree::array({"Deny"});
  return binding;
}

Tree legacy(const RenderPlan& plan, const ObjectPlace& placed, const PolicyRules& rules) {
  auto policy = object(plan, "kyverno.io/v1", "ClusterPolicy", placed);
  Tree match;
  match["resources"]["kinds"] = Tree::array({fmt::format("{}/v1/AtlasDatabaseUser", k_group)});
  match["resources"]["operations"] = Tree::array({"CREATE", "UPDATE"});
  Tree rule{{"name", "roles"}};
  rule["match"]["any"] = Tree::array({match});
  rule["validate"]["failureAction"] = "Enforce";
  rule["validate"]["cel"]["variables"] = variables_of(rules);
  rule["validate"]["cel"]["expressions"] = validations_of(rules, Reasons::left_out);
  policy["spec"]["background"] = true;
  policy["spec"]["rules"] = Tree::array({rule});
  return policy;
}

}  // namespace

Files render_policies(const RenderPlan& plan) {
  // Only Atlas's users are objects that a cluster can judge.
  if (plan.engine != EngineKind::mongodb) return {};
  const ObjectPlace placed{plan.name + "-database-users", {}, "policy"};
  const auto rules = policy_rules(plan);
  const auto folder = plan.name + "/policies/";
  Files files;
  switch (plan.policies) {
    case PolicyKind::kyverno:
      add(files, folder + "validatingpolicy.yaml", kyverno(plan, placed, rules));
      break;
    case PolicyKind::native:
      add(files, folder + "validatingadmissionpolicy.yaml", native(plan, placed, rules));
      add(files, folder + "validatingadmissionpolicybinding.yaml", binding(plan, placed));
      break;
    case PolicyKind::legacy:
      add(files, folder + "clusterpolicy.yaml", legacy(plan, placed, rules));
      break;
  }
  return files;
}

}  // namespace tidegate::gitops
