#pragma once

/// Plans for a topology, as the configuration would make them, with no retries and no waiting.

#include "model/plan.hpp"

namespace tidegate::test {

SnapshotPlan snapshot_plan(const Topology& topology);
RestorePlan restore_plan(const Topology& topology, std::string_view target);
DropPlan drop_plan(const Topology& topology, std::string_view target);

}  // namespace tidegate::test
