#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "gitops/access.hpp"
#include "gitops/job.hpp"
#include "gitops/network.hpp"
#include "gitops/subjects.hpp"

namespace tidegate::gitops {

namespace {

/// Archives that are in no directory of the pod are in an object store.
Web web_of(const RenderPlan& plan) {
  if (!plan.producer.directory.empty()) return Web::left_out;
  const auto path = fmt::format("databases.{}.snapshot.directory", plan.name);
  const bool archives = std::any_of(plan.written.begin(), plan.written.end(),
                                    [&](const WrittenValue& value) { return value.path == path; });
  return archives ? Web::reached : Web::left_out;
}

}  // namespace

Files render_producer(const RenderPlan& plan) {
  const auto& producer = plan.producer;
  if (producer.schedule.empty()) {
    throw Error(ErrorKind::config,
                fmt::format("'databases.{}.snapshot.schedule' is not configured, and its CronJob "
                            "needs one",
                            plan.name),
                "such as \"0 3 * * 0\": Sundays at 03:00 UTC");
  }
  const ObjectPlace placed{producer.name, producer.space, "producer"};
  const JobSpec work{.arguments = {"snapshot", plan.name, "--wait", "5m", "--log-format", "json"},
                     .configuration = producer.name,
                     .access = producer.access,
                     .limits = producer.limits,
                     .service_account = producer.name,
                     .directory = producer.directory,
                     .claim = producer.claim};
  const auto folder = plan.name + "/producer/";
  Files files;
  add(files, folder + "serviceaccount.yaml", service_account(plan, placed));
  add(files, folder + "configmap.yaml", configuration_map(plan, placed, Forge::left_out));
  add(files, folder + "networkpolicy.yaml",
      network_policy(plan, placed, {"production", "snapshot"}, web_of(plan)));
  if (plan.store.kind == SecretKind::external) {
    add(files, folder + "externalsecret.yaml",
        external_credentials(plan, {producer.secret, producer.space, "producer"}, producer.access,
                             AtlasUser::there));
  }
  add(files, folder + "cronjob.yaml", cron_job(plan, placed, producer.schedule, work));
  return files;
}

}  // namespace tidegate::gitops
