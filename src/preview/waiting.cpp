#include "preview/waiting.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/utc.hpp"

namespace tidegate::preview {
namespace {

Error none(Run& run, const RestorePlan& plan, const std::string& what) {
  const auto looked =
      plan.waiting.tries <= 1
          ? std::string("looked once")
          : fmt::format("looked {} times in {}", plan.waiting.tries,
                        tidegate::to_text(plan.waiting.every * (plan.waiting.tries - 1)));
  run.progress().step(Mark::failed, "snapshot", "there is none");
  return {ErrorKind::not_found,
          fmt::format("there is no {} yet ({}); nothing was changed", what, looked),
          fmt::format("wait for the scheduled one{}, {}take one now with 'tidegate snapshot {}'{}",
                      plan.schedule.empty() ? "" : fmt::format(" (cron '{}', UTC)", plan.schedule),
                      plan.target.number ? "" : "or ", plan.name,
                      plan.target.number ? ", or take 'use-snapshot' off the pull request to start "
                                           "from seed data"
                                         : "")};
}

}  // namespace

void await_first(Run& run, const RestorePlan& plan, const std::string& what,
                 const std::function<bool()>& look) {
  const int tries = std::max(1, plan.waiting.tries);
  for (int attempt = 1; !look(); ++attempt) {
    if (attempt == tries) throw none(run, plan, what);
    run.progress().step(Mark::warning, "snapshot",
                        fmt::format("none yet, looked {} of {} times; again in {}", attempt, tries,
                                    tidegate::to_text(plan.waiting.every)));
    run.sleep(plan.waiting.every);
  }
}

void say_age(Run& run, const RestorePlan& plan, const Metadata& snapshot, SystemTime now) {
  const auto age = std::max(std::chrono::milliseconds{0}, now - snapshot.timestamp);
  auto facts = fmt::format("of {}, {} old, {}", to_minute(snapshot.timestamp),
                           tidegate::to_text(age), snapshot.what_it_holds());
  if (snapshot.consistency == Consistency::per_collection) {
    facts += ", each as of its own moment";
  }
  if (plan.max_age && age > *plan.max_age) {
    run.progress().step(
        Mark::warning, "snapshot",
        fmt::format("{}; stale: older than {}", facts, tidegate::to_text(*plan.max_age)));
  } else {
    run.progress().step(Mark::ok, "snapshot", facts);
  }
}

}  // namespace tidegate::preview
