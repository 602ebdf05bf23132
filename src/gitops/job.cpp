#include "gitops/job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"

namespace tidegate::gitops {
namespace {

constexpr int k_grace_seconds = 60;
constexpr int k_history = 3;

/// Exit codes of kinds for which another try cannot succeed (base/error.hpp).
Tree hopeless_exit_codes() {
  Tree codes = Tree::array();
  for (const auto& row : k_error_kinds) {
    if (!row.retryable && row.kind != ErrorKind::cancelled) codes.push_back(row.exit_code);
  }
  return codes;
}

Tree failure_policy() {
  Tree lost{{"action", "Ignore"}};
  lost["onPodConditions"] = Tree::array({{{"type", "DisruptionTarget"}, {"status", "True"}}});
  Tree hopeless{{"action", "FailJob"}};
  hopeless["onExitCodes"] = {
      {"containerName", k_container}, {"operator", "In"}, {"values", hopeless_exit_codes()}};
  return {{"rules", Tree::array({lost, hopeless})}};
}

Tree environment(const JobAccess& access) {
  Tree list = Tree::array();
  for (const auto& variable : access.variables) {
    Tree one{{"name", variable.name}};
    if (variable.secret.empty()) {
      one["value"] = variable.value;
    } else {
      one["valueFrom"]["secretKeyRef"] = {{"name", variable.secret}, {"key", variable.key}};
    }
    list.push_back(std::move(one));
  }
  return list;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Files of Secrets by folder: each folder is one volume.
std::map<std::string, std::vector<JobFile>> by_folder(const JobAccess& access) {
  std::map<std::string, std::vector<JobFile>> folders;
  for (const auto& file : access.files) folders[folder_of(file.path)].push_back(file);
  return folders;
}

struct Volumes {
  Tree volumes = Tree::array(), mounts = Tree::array();

  void add(Tree volume, const std::string& path, bool read_only) {
    Tree mount{{"name", volume.at("name")}, {"mountPath", path}};
    if (read_only) mount["readOnly"] = true;
    volumes.push_back(std::move(volume));
    mounts.push_back(std::move(mount));
  }
};

Volumes volumes_of(const JobSpec& work) {
  Volumes all;
  all.add({{"name", "configuration"}, {"configMap", {{"name", work.configuration}}}},
          std::string(k_configuration_folder), true);
  int count = 0;
  for (const auto& [folder, files] : by_folder(work.access)) {
    Tree items = Tree::array();
    for (const auto& file : files) {
      items.push_back({{"key", file.key}, {"path", name_of(file.path)}});
    }
    all.add({{"name", fmt::format("secret-{}", ++count)},
             {"secret", {{"secretName", files.front().secret}, {"items", items}}}},
            folder, true);
  }
  if (!work.directory.empty()) {
    all.add({{"name", "snapshots"}, {"persistentVolumeClaim", {{"claimName", work.claim}}}},
            work.directory, false);
  }
  // The root is read-only: PostgreSQL's programs and archives on their way need some room.
  all.add({{"name", "scratch"}, {"emptyDir", Tree::object()}}, "/tmp", false);
  return all;
}

Tree container(const RenderPlan& plan, const JobSpec& work, const Tree& mounts) {
  Tree one{{"name", k_container}, {"image", plan.pod.image}, {"args", work.arguments}};
  if (!work.access.variables.empty()) one["env"] = environment(work.access);
  const auto& size = plan.pod.resources;
  one["resources"]["requests"] = {{"cpu", size.cpu_request}, {"memory", size.memory_request}};
  one["resources"]["limits"] = {{"cpu", size.cpu_limit}, {"memory", size.memory_limit}};
  one["securityContext"]["allowPrivilegeEscalation"] = false;
  one["securityContext"]["readOnlyRootFilesystem"] = true;
  one["securityContext"]["capabilities"]["drop"] = Tree::array({"ALL"});
  one["volumeMounts"] = mounts;
  return one;
}

Tree pod_spec(const RenderPlan& plan, const JobSpec& work) {
  const auto volumes = volumes_of(work);
  Tree spec{{"restartPolicy", "Never"}, {"terminationGracePeriodSeconds", k_grace_seconds}};
  spec["automountServiceAccountToken"] = false;
  spec["enableServiceLinks"] = false;
  if (!work.service_account.empty()) spec["serviceAccountName"] = work.service_account;
  for (const auto& name : plan.pod.pull_secrets)
    spec["imagePullSecrets"].push_back({{"name", name}});
  for (const auto& [name, value] : plan.pod.node_selector) spec["nodeSelector"][name] = value;
  auto& security = spec["securityContext"];
  security = {{"runAsNonRoot", true}, {"runAsUser", plan.pod.user}, {"runAsGroup", plan.pod.user}};
  security["fsGroup"] = plan.pod.user;
  security["seccompProfile"]["type"] = "RuntimeDefault";
  spec["containers"] = Tree::array({container(plan, work, volumes.mounts)});
  spec["volumes"] = volumes.volumes;
  return spec;
}

}  // namespace

Tree job_spec(const RenderPlan& plan, const ObjectPlace& placed, const JobSpec& work) {
  Tree spec{{"backoffLimit", work.limits.backoff_limit},
            {"activeDeadlineSeconds", work.limits.deadline.count()}};
  if (work.limits.time_to_live) {
    spec["ttlSecondsAfterFinished"] = work.limits.time_to_live->count();
  }
  spec["podFailurePolicy"] = failure_policy();
  spec["template"]["metadata"]["labels"] = labels_of(plan, placed);
  spec["template"]["spec"] = pod_spec(plan, work);
  return spec;
}

Tree job(const RenderPlan& plan, const ObjectPlace& placed, const Hook& hook, const JobSpec& work) {
  auto tree = object(plan, "batch/v1", "Job", placed, hook);
  tree["spec"] = job_spec(plan, placed, work);
  return tree;
}

Tree cron_job(const RenderPlan& plan, const ObjectPlace& placed, const std::string& schedule,
              const JobSpec& work) {
  auto tree = object(plan, "batch/v1", "CronJob", placed);
  auto& spec = tree["spec"];
  spec = {{"schedule", schedule}, {"timeZone", "Etc/UTC"}, {"concurrencyPolicy", "Forbid"}};
  spec["successfulJobsHistoryLimit"] = k_history;
  spec["failedJobsHistoryLimit"] = k_history;
  spec["jobTemplate"]["metadata"]["labels"] = labels_of(plan, placed);
  spec["jobTemplate"]["spec"] = job_spec(plan, placed, work);
  return tree;
}

}  // namespace tidegate::gitops
