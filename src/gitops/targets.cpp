#include <fmt/format.h>

#include "gitops/access.hpp"
#include "gitops/job.hpp"
#include "gitops/subjects.hpp"

namespace tidegate::gitops {
namespace {

void append(Files& files, const RenderPlan& plan, const FilledTarget& target) {
  const auto folder = fmt::format("{}/targets/{}", plan.name, target.name);
  const Placeholders values{.database = plan.name, .target = target.name};
  const auto space = expanded(target.space, values);
  const auto configuration = plan.name + "-tidegate";
  const auto secret = expanded(target.secret, values);
  const auto access = expanded(target.access, values);
  // These belong to an Application that syncs before: a PreSync Job cannot use what its own
  // Application makes.
  add(files, folder + "/access/configmap.yaml",
      configuration_map(plan, {configuration, space, "target"}, Forge::left_out));
  if (plan.store.kind == SecretKind::external) {
    add(files, folder + "/access/externalsecret.yaml",
        external_credentials(plan, {secret, space, "target"}, access, AtlasUser::there));
  }
  const JobSpec work{.arguments = {"restore", fmt::format("{}/{}", plan.name, target.name), "--yes",
                                   "--sign-in-wait", "2m", "--log-format", "json"},
                     .configuration = configuration,
                     .access = access,
                     .limits = plan.previews.limits};
  add(files, folder + "/jobs/restore.yaml",
      job(plan, {expanded(target.job, values), space, "restore"},
          {"PreSync", std::string(k_fill_delete_policy), plan.previews.job_wave}, work));
  // Without an ordinary resource an Application is always in sync, and its hooks never run.
  auto asked =
      object(plan, "v1", "ConfigMap",
             {fmt::format("{}-{}-tidegate-intent", plan.name, target.name), space, "intent"});
  asked["data"] = {{"target", target.name}, {"fill", "restore"}};
  add(files, folder + "/jobs/intent.yaml", asked);
}

}  // namespace

Files render_targets(const RenderPlan& plan) {
  Files files;
  for (const auto& target : plan.targets) {
    if (target.from_snapshot) append(files, plan, target);
  }
  return files;
}

}  // namespace tidegate::gitops
