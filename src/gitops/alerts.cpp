#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "gitops/job.hpp"
#include "gitops/subjects.hpp"

namespace tidegate::gitops {
namespace {

/// A pattern of names as PromQL's regular expression, which is anchored.
std::string pattern(std::string text) {
  return expanded(std::move(text),
                  {.database = ".+", .number = "[0-9]+", .sha = "[0-9a-f]+", .target = ".+"});
}

Tree alert(std::string_view name, const std::string& expression, std::string_view holds,
           std::string_view severity, const std::string& summary, const std::string& description) {
  Tree one{{"alert", name}, {"expr", expression}, {"for", holds}};
  one["labels"]["severity"] = severity;
  one["annotations"] = {{"summary", summary}, {"description", description}};
  return one;
}

Tree producer_failed(const RenderPlan& plan) {
  const auto expression =
      fmt::format(R"(kube_job_failed{{namespace="{}", job_name=~"{}-.*", condition="true"}} == 1)",
                  plan.producer.space, plan.producer.name);
  return alert(
      "TidegateSnapshotFailed", expression, "1m", "warning",
      fmt::format("the snapshot of {} failed", plan.name),
      "the previous snapshot is still the published one; the Job's last log line says why");
}

/// Also when it never succeeded: then kube-state-metrics has no such series.
std::string not_succeeded_for(std::string_view space, std::string_view name,
                              std::chrono::seconds time) {
  const auto labels = fmt::format(R"(namespace="{}", cronjob="{}")", space, name);
  return fmt::format(
      "time() - kube_cronjob_status_last_successful_time{{{0}}} > {1}\n"
      "or\n"
      "time() - kube_cronjob_created{{{0}}} > {1}\n"
      "unless on (namespace, cronjob) kube_cronjob_status_last_successful_time{{{0}}}\n",
      labels, time.count());
}

Tree producer_missing(const RenderPlan& plan) {
  const auto expression =
      not_succeeded_for(plan.producer.space, plan.producer.name, *plan.alerts.max_age);
  return alert("TidegateSnapshotMissing", expression, "15m", "critical",
               fmt::format("the snapshot of {} is older than it may be", plan.name),
               "previews are still filled from it; see why its CronJob has not succeeded");
}

Tree producer_gone(const RenderPlan& plan) {
  const auto expression =
      fmt::format(R"(absent(kube_cronjob_info{{namespace="{}", cronjob="{}"}}))",
                  plan.producer.space, plan.producer.name);
  return alert("TidegateProducerGone", expression, "1h", "critical",
               fmt::format("there is no CronJob that takes the snapshot of {}", plan.name),
               "it was deleted, or kube-state-metrics does not answer");
}

/// Argo CD deletes a failed Job within seconds: it may be there in a single scrape.
Tree preview_failed(const RenderPlan& plan, std::string_view name, const std::string& job,
                    const std::string& what) {
  const auto failed =
      fmt::format(R"(kube_job_failed{{namespace=~"{}", job_name=~"{}", condition="true"}})",
                  pattern(plan.previews.space), pattern(job));
  return alert(name, fmt::format("max_over_time({}[15m]) == 1", failed), "1m", "warning",
               what + " in {{ $labels.namespace }}",
               "see the pull request's comment, or the log of Job {{ $labels.job_name }}");
}

/// Not by its Jobs, which may be removed before anyone looks. A day holds some runs of any useful
/// schedule.
Tree sweep_failed(const RenderPlan& plan) {
  constexpr std::chrono::hours k_day{24};
  const auto expression = not_succeeded_for(plan.sweep.space, plan.sweep.name, k_day);
  return alert(
      "TidegateSweepFailed", expression, "15m", "warning",
      fmt::format("databases of closed pull requests of {} are not cleared away", plan.name),
      "they take space until the sweep works again");
}

}  // namespace

Files render_alerts(const RenderPlan& plan) {
  const auto name = plan.name + "-tidegate";
  const auto space = plan.alerts.space.empty() ? plan.producer.space : plan.alerts.space;
  auto rule = object(plan, "monitoring.coreos.com/v1", "PrometheusRule", {name, space, "alerts"});
  for (const auto& [label, value] : plan.alerts.labels) rule["metadata"]["labels"][label] = value;
  Tree rules = Tree::array({producer_failed(plan), producer_gone(plan)});
  if (plan.alerts.max_age) rules.push_back(producer_missing(plan));
  if (plan.topology.previews) {
    rules.push_back(preview_failed(plan, "TidegateRestoreFailed", plan.previews.restore,
                                   "a preview could not be filled"));
    rules.push_back(preview_failed(plan, "TidegateCleanupFailed", plan.previews.cleanup,
                                   "a preview's database could not be dropped"));
    rules.push_back(sweep_failed(plan));
  }
  rule["spec"]["groups"] = Tree::array({{{"name", name}, {"rules", rules}}});
  Files files;
  add(files, plan.name + "/alerts/prometheusrule.yaml", rule);
  return files;
}

}  // namespace tidegate::gitops
