#include "support/plans.hpp"

namespace tidegate::test {

SnapshotPlan snapshot_plan(const Topology& topology) {
  SnapshotPlan plan{
      "syrf", EngineKind::mongodb, topology, {}, {}, ConsistencyWish::prefer, "42", {}, {}, {}};
  plan.copy.allow_write_access = true;  // the tests' own user may do anything
  return plan;
}

RestorePlan restore_plan(const Topology& topology, std::string_view target) {
  RestorePlan plan{"syrf",
                   EngineKind::mongodb,
                   topology,
                   parse_target(target).value(),
                   {},
                   {},
                   {},
                   {1, std::chrono::milliseconds{0}},
                   "camaradesuk/syrf",
                   "4be1c02",
                   {},
                   {}};
  plan.copy.allow_write_access = true;
  return plan;
}

DropPlan drop_plan(const Topology& topology, std::string_view target) {
  DropPlan plan{"syrf",    EngineKind::mongodb, topology, parse_target(target).value(), {}, {}, {},
                "4be1c02", "camaradesuk/syrf"};
  plan.copy.allow_write_access = true;
  return plan;
}

}  // namespace tidegate::test
