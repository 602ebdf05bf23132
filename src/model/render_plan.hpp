#pragma once

/// The configuration of manifests: names, limits, places. Resolved and typed, and without a
/// secret's value; built by config, read by gitops.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/gate.hpp"
#include "model/names.hpp"
#include "model/pull_request.hpp"

namespace tidegate {

using NameValues = std::vector<std::pair<std::string, std::string>>;

/// One value of the configuration file, as it is written: variables stay variables.
struct WrittenValue {
  std::string path;  ///< `databases.syrf.snapshot.timeout`
  std::vector<std::string> items;
  bool is_list = false;
};

/// A variable of a container: a key of a Secret, or with an empty `secret` a plain value.
struct JobVariable {
  std::string name;  ///< `SYRF_PREVIEW_URI`
  std::string secret, key;
  std::string value;
};

/// A key of a Secret as a file (`uri_file`).
struct JobFile {
  std::string path;  ///< `/run/secrets/tidegate/uri`
  std::string secret, key;
};

/// The variables and files that one kind of job needs.
struct JobAccess {
  std::vector<JobVariable> variables;
  std::vector<JobFile> files;
  bool none() const { return variables.empty() && files.empty(); }
};

/// Tries and time as Kubernetes counts them; the program itself tries once.
struct JobLimits {
  std::chrono::seconds deadline{900};
  int backoff_limit = 3;
  std::optional<std::chrono::seconds> time_to_live{};  ///< of a finished Job; none: it stays
};

/// The phase in which Argo CD applies a preview's objects.
enum class SyncPhase {
  sync,     ///< user, secret and ConfigMap are ordinary resources of the same Application
  pre_sync  ///< the Job runs before all else; its user and secret belong to an Application before
};

enum class PolicyKind {
  kyverno,  ///< policies.kyverno.io/v1 ValidatingPolicy
  native,   ///< ValidatingAdmissionPolicy and its binding
  legacy    ///< kyverno.io/v1 ClusterPolicy, which Kyverno 1.20 refuses
};

/// The maker of the Secrets that jobs read.
enum class SecretKind {
  external,  ///< the External Secrets operator, from a store
  existing   ///< they are there already
};

struct ExternalStore {
  SecretKind kind = SecretKind::external;
  std::string store = "secret-store";
  std::string store_kind = "ClusterSecretStore";
  std::string refresh = "1h";
  /// A ClusterGenerator that makes passwords; empty: they are in the store.
  std::string password_generator{};
};

/// Resources of one pod.
struct PodResources {
  std::string cpu_request = "50m", memory_request = "64Mi";
  std::string cpu_limit = "200m", memory_limit = "256Mi";
};

/// Settings that all pods have in common.
struct PodPlan {
  std::string image = "tidegate";
  std::vector<std::string> pull_secrets{};
  std::int64_t user = 10001;
  PodResources resources{};
  NameValues node_selector{};
  NameValues labels{}, annotations{};  ///< of every object
};

struct ProducerPlan {
  std::string name = "snapshot-producer", space = "tidegate";
  std::string schedule{};  ///< cron text; empty: there is no CronJob
  JobLimits limits{};
  std::string secret{};  ///< of its credentials
  JobAccess access{};
  std::string directory{};  ///< of archives; empty: they are a database, or in an object store
  std::string claim = "snapshots";  ///< PersistentVolumeClaim for that directory
};

struct PreviewsPlan {
  std::string space = "pr-{number}";
  std::string restore = "snapshot-restore-{number}-{sha}";
  std::string reset = "database-reset-{number}-{sha}";
  std::string cleanup = "mongodb-cleanup-{number}";
  std::string user{};      ///< `syrf-pr-{number}-user`
  std::string secret{};    ///< `mongodb-credentials`
  std::string password{};  ///< its name in the store: `syrf-pr-{number}`
  std::string host{};      ///< of the cluster, for the connection string
  JobLimits limits{};
  std::chrono::seconds cleanup_deadline{300};
  int access_wave = 1, job_wave = 3;
  JobAccess access{};
};

/// A named target.
struct FilledTarget {
  std::string name, database;
  bool from_snapshot = true;
  std::string space{}, job{}, secret{};
  JobAccess access{};
};

struct AtlasPlan {
  std::string project = "atlas-project", project_space{};
};

struct SweepPlan {
  std::string name = "tidegate-sweep", space = "tidegate";
  std::string schedule = "17 * * * *";
  std::string secret{};
  JobLimits limits{};
  JobAccess access{};
};

struct AlertsPlan {
  std::string space{};
  NameValues labels{};  ///< by which Prometheus selects its rules
  std::optional<std::chrono::seconds> max_age{};
};

struct WorkflowsPlan {
  std::string directory = ".github/workflows";
  std::string confirm = "refresh-snapshot";
  std::string sweep_schedule = "41 5 * * *";
  std::string reconcile_schedule = "*/10 * * * *";  ///< where `commits`
  std::vector<std::string> variables{};  ///< that `tidegate pr event` needs, from secrets
  bool commits = false;                  ///< workflows commit to a GitOps repository
  bool over_ssh = false;                 ///< the repository is reached over SSH
};

struct RenderPlan {
  std::string name;  ///< of the configured database: `syrf`
  EngineKind engine = EngineKind::mongodb;
  Topology topology;
  std::vector<WrittenValue> written{};  ///< values that jobs and workflows may need
  SyncPhase phase = SyncPhase::sync;
  PolicyKind policies = PolicyKind::kyverno;
  PullPolicy pulls{};
  std::string repository{};  ///< recorded with previews; may be empty
  ExternalStore store{};
  AtlasPlan atlas{};
  PodPlan pod{};
  ProducerPlan producer{};
  PreviewsPlan previews{};
  std::vector<FilledTarget> targets{};
  SweepPlan sweep{};
  AlertsPlan alerts{};
  WorkflowsPlan workflows{};
};

}  // namespace tidegate
