#pragma once

/// The pod that runs the program once, as a Job or by a CronJob.

#include <string>
#include <vector>

#include "gitops/objects.hpp"

namespace tidegate::gitops {

struct JobSpec {
  std::vector<std::string> arguments;
  std::string configuration;  ///< name of its ConfigMap
  JobAccess access{};
  JobLimits limits{};
  std::string service_account{};     ///< empty: the namespace's default, without its token
  std::string directory{}, claim{};  ///< of archives
};

/// `spec` of a Job. It meets the restricted pod security standard, fails at once on exit codes that
/// another try cannot help, and does not count a pod that its node lost.
Tree job_spec(const RenderPlan& plan, const ObjectPlace& placed, const JobSpec& work);

Tree job(const RenderPlan& plan, const ObjectPlace& placed, const Hook& hook, const JobSpec& work);

/// One after another, in UTC, three of each outcome kept.
Tree cron_job(const RenderPlan& plan, const ObjectPlace& placed, const std::string& schedule,
              const JobSpec& work);

}  // namespace tidegate::gitops
