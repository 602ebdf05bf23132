#pragma once

/// One function for each subject (render.hpp), each in a file of its own.

#include "gitops/render.hpp"

namespace tidegate::gitops {

Files render_producer(const RenderPlan& plan);
Files render_targets(const RenderPlan& plan);
Files render_policies(const RenderPlan& plan);
Files render_workflows(const RenderPlan& plan);
Files render_sweep(const RenderPlan& plan);
Files render_alerts(const RenderPlan& plan);

}  // namespace tidegate::gitops
