#include <fmt/format.h>

#include "base/error.hpp"
#include "gitops/objects.hpp"
#include "gitops/subjects.hpp"

namespace tidegate::gitops {
namespace {

constexpr std::string_view k_runner = "ubuntu-24.04";
constexpr int k_minutes = 30;

/// Text from outside goes through the environment, never into a script.
std::string expression(std::string_view name) { return fmt::format("${{{{ {} }}}}", name); }

/// The image has no shell, so that a job cannot run in it: a step starts it.
std::string start_program(const RenderPlan& plan, std::string_view arguments) {
  std::string text =
      "set -euo pipefail\n"
      "printf '%s' \"$TIDEGATE_FILE\" >\"$RUNNER_TEMP/tidegate.yaml\"\n"
      "docker run --rm --user \"$(id -u):$(id -g)\" --read-only --tmpfs /tmp \\\n"
      "  --volume \"$RUNNER_TEMP:$RUNNER_TEMP\" \\\n"
      "  --env GITHUB_EVENT_NAME --env GITHUB_EVENT_PATH --env GITHUB_REPOSITORY \\\n"
      "  --env GITHUB_OUTPUT --env GITHUB_STEP_SUMMARY --env GITHUB_ACTIONS \\\n"
      "  --env GITHUB_API_URL --env GITHUB_SERVER_URL --env GITHUB_TOKEN \\\n";
  for (const auto& name : plan.workflows.variables) {
    if (name != "GITHUB_TOKEN") text += fmt::format("  --env {} \\\n", name);
  }
  return text + fmt::format("  \"$IMAGE\" {} --config \"$RUNNER_TEMP/tidegate.yaml\"\n", arguments);
}

Tree program_step(const RenderPlan& plan, std::string_view name, std::string_view arguments) {
  Tree step{{"name", name}};
  auto& environment = step["env"];
  environment["IMAGE"] = plan.pod.image;
  environment["GITHUB_TOKEN"] = expression("github.token");
  for (const auto& variable : plan.workflows.variables) {
    if (variable != "GITHUB_TOKEN") {
      environment[variable] = expression("secrets." + variable);
    }
  }
  environment["TIDEGATE_FILE"] = whole_configuration(plan);
  step["run"] = start_program(plan, arguments);
  return step;
}

Tree job(const Tree& permissions, const Tree& steps) {
  Tree one{{"runs-on", k_runner}, {"timeout-minutes", k_minutes}, {"permissions", permissions}};
  one["steps"] = steps;
  return one;
}

Tree writing_permissions() {
  return {{"contents", "read"},
          {"deployments", "write"},
          {"issues", "write"},
          {"pull-requests", "write"},
          {"statuses", "write"}};
}

Tree pull_requests(const RenderPlan& plan) {
  Tree flow{{"name", "Preview databases"}};
  // This event runs the default branch's workflow, with secrets; nothing of the pull request is
  // checked out.
  flow["on"]["pull_request_target"]["types"] =
      Tree::array({"opened", "reopened", "synchronize", "labeled", "unlabeled", "closed"});
  flow["permissions"] = Tree::object();
  flow["concurrency"] = {
      {"group", "preview-database-" + expression("github.event.pull_request.number")},
      {"cancel-in-progress", false}};
  auto one =
      job(writing_permissions(), Tree::array({program_step(plan, "Apply the labels", "pr event")}));
  if (!plan.pulls.forks) {
    one["if"] = "github.event.pull_request.head.repo.full_name == github.repository";
  }
  flow["jobs"]["database"] = one;
  return flow;
}

/// A workflow that runs on a schedule, and by hand.
struct Round {
  std::string_view name, schedule, group, step, arguments;
};

Tree round(const RenderPlan& plan, const Round& what) {
  Tree flow{{"name", what.name}};
  flow["on"]["schedule"] = Tree::array({{{"cron", what.schedule}}});
  flow["on"]["workflow_dispatch"] = Tree::object();
  flow["permissions"] = Tree::object();
  flow["concurrency"] = {{"group", what.group}, {"cancel-in-progress", false}};
  flow["jobs"]["previews"] =
      job(writing_permissions(), Tree::array({program_step(plan, what.step, what.arguments)}));
  return flow;
}

Tree sweep(const RenderPlan& plan) {
  return round(plan,
               {"Sweep preview databases", plan.workflows.sweep_schedule, "preview-database-sweep",
                "Databases of closed pull requests", "sweep --apply"});
}

/// Later passes report what the cluster has carried out, and take the last step of a preview's end.
Tree reconcile(const RenderPlan& plan) {
  return round(plan,
               {"Reconcile preview databases", plan.workflows.reconcile_schedule,
                "preview-database-reconcile", "Report and finish what was asked for", "reconcile"});
}

Tree confirm_step(const RenderPlan& plan) {
  Tree step{{"name", "The word"}};
  step["env"] = {{"CONFIRM", expression("inputs.confirm")}, {"WORD", plan.workflows.confirm}};
  step["run"] =
      "if [ \"$CONFIRM\" != \"$WORD\" ]; then\n"
      "  echo \"::error::type '$WORD' to confirm; nothing was started\"\n"
      "  exit 1\n"
      "fi\n";
  return step;
}

Tree start_step(const RenderPlan& plan) {
  Tree step{{"name", "Create a Job from the CronJob"}};
  step["env"] = {{"CRONJOB", plan.producer.name}, {"NAMESPACE", plan.producer.space}};
  step["run"] =
      "set -euo pipefail\n"
      "job=\"$CRONJOB-$(date -u +%Y%m%d-%H%M%S)\"\n"
      "kubectl create job \"$job\" --from=\"cronjob/$CRONJOB\" --namespace \"$NAMESPACE\"\n"
      "{\n"
      "  echo '### Snapshot started'\n"
      "  echo\n"
      "  echo \"Job \\`$job\\` in namespace \\`$NAMESPACE\\`. See how it does:\"\n"
      "  echo\n"
      "  echo '```'\n"
      "  echo \"kubectl --namespace $NAMESPACE logs --follow job/$job\"\n"
      "  echo '```'\n"
      "} >>\"$GITHUB_STEP_SUMMARY\"\n";
  return step;
}

/// By hand, with a word to type, since it puts load on production.
Tree refresh(const RenderPlan& plan) {
  Tree flow{{"name", fmt::format("Refresh the snapshot of {}", plan.name)}};
  flow["on"]["workflow_dispatch"]["inputs"]["confirm"] = {
      {"description", fmt::format("type {} to confirm", plan.workflows.confirm)},
      {"required", true},
      {"type", "string"}};
  flow["permissions"] = Tree::object();
  flow["concurrency"] = {{"group", "refresh-snapshot-" + plan.name}, {"cancel-in-progress", false}};
  Tree sign_in{{"name", "Sign in to Google Cloud"}, {"uses", "google-github-actions/auth@v3"}};
  sign_in["with"] = {
      {"workload_identity_provider", expression("vars.GCP_WORKLOAD_IDENTITY_PROVIDER")},
      {"service_account", expression("vars.GCP_SERVICE_ACCOUNT")}};
  Tree cluster{{"name", "Credentials of the cluster"},
               {"uses", "google-github-actions/get-gke-credentials@v3"}};
  cluster["with"] = {{"cluster_name", expression("vars.GKE_CLUSTER")},
                     {"location", expression("vars.GKE_LOCATION")}};
  flow["jobs"]["refresh"] =
      job({{"contents", "read"}, {"id-token", "write"}},
          Tree::array({confirm_step(plan), sign_in, cluster, start_step(plan)}));
  return flow;
}

void refuse_ssh(const RenderPlan& plan) {
  if (!plan.workflows.over_ssh || !plan.topology.previews) return;
  throw Error(
      ErrorKind::config,
      "'gitops.repository' is reached over SSH, which a workflow cannot: it has no key, and "
      "tidegate's image no ssh",
      "give it as https://… with 'gitops.token', or name what is to be rendered without "
      "'workflows'");
}

}  // namespace

Files render_workflows(const RenderPlan& plan) {
  refuse_ssh(plan);
  const auto& folder = plan.workflows.directory;
  Files files;
  if (plan.topology.previews) {
    files[folder + "/preview-databases.yml"] = to_documents(k_comment, {pull_requests(plan)});
    files[folder + "/sweep-preview-databases.yml"] = to_documents(k_comment, {sweep(plan)});
    if (plan.workflows.commits) {
      files[folder + "/reconcile-preview-databases.yml"] =
          to_documents(k_comment, {reconcile(plan)});
    }
  }
  files[fmt::format("{}/refresh-snapshot-{}.yml", folder, plan.name)] =
      to_documents(k_comment, {refresh(plan)});
  return files;
}

}  // namespace tidegate::gitops
