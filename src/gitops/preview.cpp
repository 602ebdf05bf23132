#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "gitops/access.hpp"
#include "gitops/applications.hpp"
#include "gitops/job.hpp"
#include "gitops/render.hpp"

namespace tidegate::gitops {
namespace {

/// A new user, or another role of it, takes a while to arrive at Atlas's servers.
constexpr std::string_view k_sign_in_wait = "2m";
/// A finished cleanup Job stays no longer: Argo CD would take it for done when the preview is
/// opened and closed again.
constexpr std::chrono::minutes k_cleanup_stays{5};

void require_previews(const RenderPlan& plan) {
  if (plan.topology.previews) return;
  throw Error(ErrorKind::config, fmt::format("'{}' has no previews", plan.name),
              "set the names of their databases: 'previews: {database: app_pr_{number}}'");
}

/// It becomes part of names, and says for which commit a database was filled.
void check_commit(const std::string& commit) {
  const bool good = commit.size() >= 7 && commit.size() <= 64 &&
                    std::all_of(commit.begin(), commit.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
  if (good) return;
  throw Error(ErrorKind::usage,
              fmt::format("'{}' is no commit: 7 to 64 of 0-9 and a-f are expected", commit),
              "give the commit that is deployed: --commit 4be1c02");
}

class Preview {
 public:
  Preview(const RenderPlan& plan, const PreviewIntent& intent)
      : plan_(plan),
        intent_(intent),
        values_(placeholders(plan, intent)),
        space_(expanded(plan.previews.space, values_)),
        target_(fmt::format("{}/pr-{}", plan.name, values_.number)),
        folder_(preview_folder(plan, intent.number)) {}

  Files files() {
    if (!intent_.access) return {};
    applications();
    access();
    asked();
    if (intent_.fill == Fill::restore) restore();
    if (intent_.fill == Fill::reset) reset();
    if (intent_.cleanup) cleanup();
    return std::move(files_);
  }

 private:
  void applications() {
    const auto text = application_text(plan_, intent_.number);
    files_.emplace(fmt::format("{}/{}", folder_, k_access_file), text);
    if (!intent_.over) files_.emplace(fmt::format("{}/{}", folder_, k_jobs_file), text);
  }

  /// An ordinary resource that changes with every request: Argo CD does not compare hooks, and this
  /// tells it to sync. It comes after the Job, so it is out of sync until the Job has succeeded.
  void asked() {
    auto map = object(plan_, "v1", "ConfigMap", {plan_.name + "-tidegate-intent", space_, "intent"},
                      {.wave = plan_.previews.job_wave + 1});
    map["data"] = intent_data(intent_);
    add(files_, fmt::format("{}/{}", folder_, k_intent_file), map);
  }

  void access() {
    const Hook hook{.wave = plan_.previews.access_wave};
    add(files_, folder_ + "/access/configmap.yaml",
        configuration_map(plan_, {configuration(), space_, "preview"}, Forge::left_out, hook));
    if (plan_.store.kind == SecretKind::external) {
      add(files_, folder_ + "/access/externalsecret.yaml",
          preview_credentials(plan_, {secret(), space_, "preview"}, hook, intent_));
    }
    if (plan_.engine != EngineKind::mongodb) return;
    const auto username = expanded(plan_.previews.user, values_);
    const auto afterwards = intent_.locked ? Afterwards::kept : Afterwards::deleted;
    add(files_, folder_ + "/access/atlasdatabaseuser.yaml",
        atlas_user(plan_, {username, space_, "preview"}, hook, username, secret(),
                   preview_roles(plan_, intent_), afterwards));
  }

  void restore() {
    check_commit(intent_.commit);
    auto arguments = begun("restore");
    arguments.insert(arguments.end(), {"--sign-in-wait", std::string(k_sign_in_wait)});
    add_job("restore", plan_.previews.restore, filling(), arguments, plan_.previews.limits);
  }

  void reset() {
    check_commit(intent_.commit);
    auto arguments = begun("drop");
    arguments.insert(arguments.end(), {"--seed", "--sign-in-wait", std::string(k_sign_in_wait)});
    add_job("reset", plan_.previews.reset, filling(), arguments, plan_.previews.limits);
  }

  /// Bounded in time, and successful when there is nothing to drop, or no user left to drop it: a
  /// PreDelete hook that fails keeps the whole preview from going. Argo CD may delete its
  /// Application's objects while the Job runs (argo-cd 29100), so it is none that goes with them.
  void cleanup() {
    auto limits = plan_.previews.limits;
    limits.deadline = plan_.previews.cleanup_deadline;
    limits.time_to_live = std::min<std::chrono::seconds>(
        k_cleanup_stays, limits.time_to_live.value_or(k_cleanup_stays));
    const std::vector<std::string> arguments{"drop",
                                             target_,
                                             "--best-effort",
                                             "--timeout",
                                             duration_text(limits.deadline - k_minute),
                                             "--log-format",
                                             "json"};
    const Hook hook{
        .phase = "PreDelete", .delete_policy = "HookSucceeded", .sync_options = "Delete=false"};
    add_job("cleanup", plan_.previews.cleanup, hook, arguments, limits);
  }

  std::vector<std::string> begun(std::string_view verb) const {
    std::vector<std::string> arguments{std::string(verb), target_, "--commit", intent_.commit};
    if (!plan_.repository.empty()) {
      arguments.insert(arguments.end(), {"--repository", plan_.repository});
    }
    arguments.insert(arguments.end(), {"--log-format", "json"});
    return arguments;
  }

  Hook filling() const {
    return {.phase = plan_.phase == SyncPhase::sync ? "Sync" : "PreSync",
            .delete_policy = std::string(k_fill_delete_policy),
            .wave = plan_.previews.job_wave};
  }

  void add_job(const std::string& what, const std::string& name, const Hook& hook,
               const std::vector<std::string>& arguments, const JobLimits& limits) {
    const JobSpec work{.arguments = arguments,
                       .configuration = configuration(),
                       .access = expanded(plan_.previews.access, values_),
                       .limits = limits};
    add(files_, fmt::format("{}/jobs/{}.yaml", folder_, what),
        job(plan_, {expanded(name, values_), space_, what}, hook, work));
  }

  std::string configuration() const { return plan_.name + "-tidegate"; }
  std::string secret() const { return expanded(plan_.previews.secret, values_); }

  const RenderPlan& plan_;
  const PreviewIntent& intent_;
  Placeholders values_;
  std::string space_, target_, folder_;
  Files files_;
};

}  // namespace

std::string preview_folder(const RenderPlan& plan, PullNumber number) {
  return fmt::format("{}/previews/pr-{}", plan.name, number.value());
}

Files render_preview(const RenderPlan& plan, const PreviewIntent& intent) {
  require_previews(plan);
  return Preview(plan, intent).files();
}

}  // namespace tidegate::gitops
