#include "gitops/access.hpp"
#include "gitops/job.hpp"
#include "gitops/network.hpp"
#include "gitops/subjects.hpp"

namespace tidegate::gitops {

Files render_sweep(const RenderPlan& plan) {
  if (!plan.topology.previews) return {};
  const auto& sweep = plan.sweep;
  const ObjectPlace placed{sweep.name, sweep.space, "sweep"};
  const JobSpec work{.arguments = {"sweep", "--apply", "--log-format", "json"},
                     .configuration = sweep.name,
                     .access = sweep.access,
                     .limits = sweep.limits,
                     .service_account = sweep.name};
  const auto folder = plan.name + "/sweep/";
  Files files;
  add(files, folder + "serviceaccount.yaml", service_account(plan, placed));
  add(files, folder + "configmap.yaml", configuration_map(plan, placed, Forge::included));
  add(files, folder + "networkpolicy.yaml",
      network_policy(plan, placed, {"previews"}, Web::reached));
  if (plan.store.kind == SecretKind::external) {
    add(files, folder + "externalsecret.yaml",
        external_credentials(plan, {sweep.secret, sweep.space, "sweep"}, sweep.access,
                             AtlasUser::none));
  }
  add(files, folder + "cronjob.yaml", cron_job(plan, placed, sweep.schedule, work));
  return files;
}

}  // namespace tidegate::gitops
