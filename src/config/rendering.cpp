#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/duration.hpp"
#include "config/config.hpp"
#include "config/job_access.hpp"
#include "config/render_values.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_database_mark = "{database}";

/// Jobs end a minute before Kubernetes would end them.
constexpr std::chrono::seconds k_least_deadline{120};

std::string with_dashes(std::string text) {
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

std::string with_database(std::string text, std::string_view name) {
  for (auto at = text.find(k_database_mark); at != std::string::npos;
       at = text.find(k_database_mark, at)) {
    text.replace(at, k_database_mark.size(), name);
  }
  return text;
}

/// Reads what one database's manifests need.
class RenderReader {
 public:
  RenderReader(const Config& config, const Config::Parts& parts, std::string_view name)
      : config_(config), parts_(parts), resolver_(parts), name_(name) {}

  RenderPlan plan() {
    RenderPlan plan{
        .name = name_, .engine = config_.engine(name_), .topology = config_.topology(name_)};
    engine_ = to_text(plan.engine);
    plan.written = written_values(parts_);
    plan.phase = text("gitops.phase") == "sync" ? SyncPhase::sync : SyncPhase::pre_sync;
    plan.policies = policies();
    plan.pulls = pulls();
    plan.repository = config_.given("--repository").value_or(later("github.repository", {}));
    plan.store = store();
    plan.atlas = {text("render.atlas.project"), text("render.atlas.namespace")};
    plan.pod = pod();
    plan.producer = producer();
    if (plan.topology.previews) plan.previews = previews(*plan.topology.previews);
    plan.previews.limits = job_limits("previews");
    plan.previews.limits.time_to_live = duration("render.previews.time_to_live");
    for (const auto& [target, database] : plan.topology.targets) {
      plan.targets.push_back(filled(target, database));
    }
    plan.sweep = sweep(plan);
    plan.alerts = alerts(plan);
    plan.workflows = workflows();
    return plan;
  }

 private:
  std::string text(const std::string& path) const {
    const auto value = resolver_.get(path);
    return value ? value->text : std::string();
  }

  std::string text_or(const std::string& path, std::string fallback) const {
    const auto value = resolver_.get(path);
    return with_database(value ? value->text : std::move(fallback), name_);
  }

  /// Of a section that this version may not have.
  std::string later(const std::string& path, std::string fallback) const {
    return find_option(path) == nullptr ? fallback : text_or(path, fallback);
  }

  /// A name of an object. Where there are several databases, each needs its own.
  std::string object_name(const std::string& path, const std::string& fallback = {}) const {
    const auto value = resolver_.get(path);
    auto name = value ? value->text : fallback;
    if (parts_.database_names.size() > 1 && name.find(k_database_mark) == std::string::npos) {
      if (value && value->where != "default") {
        throw Error(
            ErrorKind::config,
            fmt::format("{}: '{}' would be the same for all databases", value->place(), name),
            "put {database} into it");
      }
      name = fmt::format("{}-{}", k_database_mark, name);
    }
    return with_database(std::move(name), name_);
  }

  /// As any reader of cron expressions takes it; empty where none is configured.
  std::string cron(const std::string& path) const {
    const auto value = resolver_.get(path);
    return value ? Schedule(schedule_text(*find_option(path), value->text)).portable_text() : "";
  }

  std::string github_cron(const std::string& path) const {
    const auto value = resolver_.required(path);
    const Schedule schedule(value.text);
    if (const auto wrong = workflow_schedule_complaint(schedule)) {
      throw Error(ErrorKind::config, fmt::format("{}: {}", value.place(), *wrong),
                  std::string(k_workflow_schedule_hint));
    }
    return schedule.portable_text();
  }

  /// Of the connection string that is rendered for a preview.
  std::string preview_host() const {
    const std::string path = "render.previews.host";
    const auto value = resolver_.get(path);
    if (!value) return {};
    auto host = with_database(value->text, name_);
    if (text("render.secrets.kind") == "existing") return host;
    if (const auto wrong = preview_host_complaint(host, config_.engine(name_))) {
      throw Error(ErrorKind::config, fmt::format("{}: {}", value->place(), *wrong),
                  std::string(k_host_hint));
    }
    return host;
  }

  int number(const std::string& path) const {
    const auto value = resolver_.required(path);
    int result = 0;
    std::from_chars(value.text.data(), value.text.data() + value.text.size(), result);
    return result;
  }

  std::optional<std::chrono::seconds> duration(const std::string& path) const {
    const auto value = resolver_.get(path);
    if (!value) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(
        parse_duration(value->text).value_or(std::chrono::milliseconds{0}));
  }

  JobLimits job_limits(const std::string& section) const {
    const auto key = fmt::format("databases.{}.{}", name_, section);
    JobLimits limits;
    limits.deadline = deadline(key + ".timeout");
    limits.backoff_limit = number(key + ".retries");
    return limits;
  }

  std::chrono::seconds deadline(const std::string& path) const {
    const auto found = duration(path).value_or(k_least_deadline);
    if (found >= k_least_deadline) return found;
    throw Error(ErrorKind::config,
                fmt::format("{}: a Job of less than 2m cannot end in order a minute before it is "
                            "ended",
                            resolver_.required(path).place()),
                "give it 2m or more");
  }

  NameValues pairs(const std::string& path) const { return name_values(resolver_, path); }

  PolicyKind policies() const {
    const auto kind = text("render.policies");
    if (kind == "native") return PolicyKind::native;
    return kind == "legacy" ? PolicyKind::legacy : PolicyKind::kyverno;
  }

  PullPolicy pulls() const {
    PullPolicy policy;
    policy.labels.preview = later("github.labels.preview", policy.labels.preview);
    policy.labels.snapshot = later("github.labels.snapshot", policy.labels.snapshot);
    policy.labels.lock = later("github.labels.lock", policy.labels.lock);
    policy.forks = parse_boolean(later("github.forks", "false")).value_or(false);
    const auto refresh = text(fmt::format("databases.{}.previews.refresh", name_));
    policy.refresh = refresh == "on-label" ? Refresh::on_label : Refresh::on_push;
    return policy;
  }

  ExternalStore store() const {
    ExternalStore store;
    store.kind =
        text("render.secrets.kind") == "existing" ? SecretKind::existing : SecretKind::external;
    store.store = text("render.secrets.store");
    store.store_kind = text("render.secrets.store_kind");
    store.refresh = text("render.secrets.refresh");
    store.password_generator = text("render.secrets.password_generator");
    return store;
  }

  PodPlan pod() const {
    PodPlan pod;
    pod.image = text("render.image");
    if (const auto secrets = resolver_.get("render.image_pull_secrets")) {
      pod.pull_secrets = secrets->items;
    }
    pod.user = number("render.user");
    pod.resources = {text("render.requests.cpu"), text("render.requests.memory"),
                     text("render.limits.cpu"), text("render.limits.memory")};
    pod.node_selector = pairs("render.node_selector");
    pod.labels = pairs("render.labels");
    pod.annotations = pairs("render.annotations");
    return pod;
  }

  ProducerPlan producer() const {
    ProducerPlan producer;
    producer.name = object_name("render.producer.name");
    producer.space = text_or("render.producer.namespace", {});
    if (const auto due = config_.schedule(name_)) producer.schedule = due->portable_text();
    producer.limits = job_limits("snapshot");
    producer.secret =
        text_or("render.producer.secret", fmt::format("{}-{}", producer.name, engine_));
    producer.access = access({"production", "snapshot", "snapshot.storage"}, producer.secret);
    const auto directory = text(fmt::format("databases.{}.snapshot.directory", name_));
    if (!directory.starts_with(k_object_store)) producer.directory = directory;
    producer.claim = text("render.producer.claim");
    return producer;
  }

  PreviewsPlan previews(const NamePattern& pattern) const {
    PreviewsPlan previews;
    previews.space = text_or("render.previews.namespace", later("github.namespace", "pr-{number}"));
    previews.restore = object_name("render.previews.restore_job");
    previews.reset = object_name("render.previews.reset_job");
    previews.cleanup =
        object_name("render.previews.cleanup_job", fmt::format("{}-cleanup-{{number}}", engine_));
    previews.cleanup_deadline = deadline("render.previews.cleanup_deadline");
    previews.user = text_or("render.previews.user", with_dashes(pattern.text()) + "-user");
    previews.secret = object_name("render.previews.secret", fmt::format("{}-credentials", engine_));
    previews.password = text_or("render.previews.password", previews.user);
    previews.host = preview_host();
    previews.access_wave = number("render.previews.access_wave");
    previews.job_wave = number("render.previews.job_wave");
    previews.access = access({"previews", "snapshot.storage"}, previews.secret);
    return previews;
  }

  FilledTarget filled(const std::string& target, const DatabaseName& database) const {
    const auto section = fmt::format("targets.{}", target);
    FilledTarget filled{.name = target, .database = database.text()};
    filled.from_snapshot = text(fmt::format("databases.{}.{}.source", name_, section)) != "seed";
    filled.space = text_or("render.targets.namespace", {});
    filled.job = object_name("render.targets.job");
    filled.secret =
        object_name("render.targets.secret", fmt::format("{{target}}-filler-{}", engine_));
    filled.access = access({section, "snapshot.storage"}, filled.secret);
    return filled;
  }

  SweepPlan sweep(const RenderPlan& plan) const {
    SweepPlan sweep;
    sweep.name = object_name("render.sweep.name");
    sweep.space = text_or("render.sweep.namespace", plan.producer.space);
    sweep.schedule = cron("render.sweep.schedule");
    sweep.secret = text_or("render.sweep.secret", sweep.name);
    sweep.limits = plan.previews.limits;
    sweep.access = access({"previews"}, sweep.secret);
    append_section(sweep.access, parts_, resolver_, "github", sweep.secret);
    return sweep;
  }

  AlertsPlan alerts(const RenderPlan& plan) const {
    AlertsPlan alerts;
    alerts.space = text_or("render.alerts.namespace", plan.producer.space);
    alerts.labels = pairs("render.alerts.labels");
    if (const auto age = config_.max_age(name_)) {
      alerts.max_age = std::chrono::duration_cast<std::chrono::seconds>(*age);
    }
    return alerts;
  }

  /// Workflows act on all databases, so that all of them may ask for their variables.
  WorkflowsPlan workflows() const {
    WorkflowsPlan plan;
    plan.directory = text("render.workflows.directory");
    plan.confirm = text("render.workflows.confirm");
    plan.sweep_schedule = github_cron("render.workflows.sweep_schedule");
    plan.reconcile_schedule = github_cron("render.workflows.reconcile_schedule");
    JobAccess asked;
    for (const auto& name : parts_.database_names) {
      for (const auto* section : {"previews", "snapshot.storage"}) {
        append_section(asked, parts_, resolver_, fmt::format("databases.{}.{}", name, section),
                       "x");
      }
    }
    append_section(asked, parts_, resolver_, "github", "x");
    const auto repository = text("gitops.repository");
    plan.commits = !repository.empty();
    plan.over_ssh = plan.commits && !repository.starts_with("http");
    if (plan.commits) append_section(asked, parts_, resolver_, "gitops", "x");
    for (const auto& variable : asked.variables) plan.variables.push_back(variable.name);
    return plan;
  }

  JobAccess access(const std::vector<std::string>& sections, const std::string& secret) const {
    JobAccess access;
    for (const auto& section : sections) {
      append_section(access, parts_, resolver_, fmt::format("databases.{}.{}", name_, section),
                     secret);
    }
    return access;
  }

  const Config& config_;
  const Config::Parts& parts_;
  Resolver resolver_;
  std::string name_;
  std::string engine_;
};

}  // namespace

RenderPlan Config::render_plan(std::string_view database) const {
  refuse_written_secrets(parts_);
  return RenderReader(*this, parts_, database).plan();
}

}  // namespace tidegate::config
