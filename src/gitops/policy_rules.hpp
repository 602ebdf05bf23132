#pragma once

/// Rules for the database users that a cluster may ask Atlas for, as CEL expressions over
/// AtlasDatabaseUser.

#include <string>
#include <vector>

#include "model/render_plan.hpp"

namespace tidegate::gitops {

struct PolicyRules {
  struct Variable {
    std::string name, expression;
  };
  struct Validation {
    std::string expression, message;
  };
  std::vector<Variable> variables;
  std::vector<Validation> validations;
};

/// In a preview's namespace: its own user, on its own database, and `read` on the snapshot. In all
/// namespaces: only the producer writes the snapshot, and no user takes a name that belongs to
/// the producer or to a preview. The operator of Atlas changes an existing user to what
/// an object of its name asks for, so names matter as much as roles.
PolicyRules policy_rules(const RenderPlan& plan);

}  // namespace tidegate::gitops
