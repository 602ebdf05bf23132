#include "daemon/pull_worker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "daemon/due.hpp"

namespace tidegate::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int k_most_tries = 10;
constexpr seconds k_look_for_pauses{5};
constexpr std::chrono::hours k_remembered{24 * 30};

}  // namespace

PullWorker::PullWorker(const Surroundings& surroundings, journal::Deliveries& deliveries,
                       PullWork work)
    : surroundings_(surroundings), deliveries_(deliveries), work_(std::move(work)) {
  report_.database = "pull requests";
  report_.what = "reconcile";
}

std::optional<Error> PullWorker::attempt(const std::string& what,
                                         const std::optional<milliseconds>& limit,
                                         const std::function<void(Run&)>& work) {
  const auto id = make_run_id(surroundings_.clock);
  const auto progress = work_.progress(id);
  Run run(id, surroundings_.clock, surroundings_.log, *progress, surroundings_.stop, limit);
  std::optional<Error> failure;
  try {
    work(run);
  } catch (const Error& error) {
    failure = error;
  } catch (const std::exception& unexpected) {
    failure.emplace(ErrorKind::internal, fmt::format("unexpected failure: {}", unexpected.what()),
                    "this is a bug in tidegate; please report it");
  }
  progress->end();
  if (failure && failure->kind() != ErrorKind::cancelled) {
    surroundings_.log.error(fmt::format("{}: {}", what, failure->message()),
                            {{"run", id}, {"hint", failure->hint()}});
  }
  return failure;
}

bool PullWorker::serve_one() {
  const auto wish = deliveries_.next(surroundings_.clock.now());
  if (!wish) return false;
  const auto what = fmt::format("pull request {}", wish->number.value());
  const auto failure = attempt(what, work_.limit, [&](Run& run) { work_.sync(run, wish->number); });
  if (!failure) {
    deliveries_.done(*wish);
  } else if (failure->kind() != ErrorKind::cancelled) {
    std::optional<SystemTime> again;
    if (wish->tries + 1 < k_most_tries) {
      again = surroundings_.clock.now() + pause_after(wish->tries + 1);
    }
    deliveries_.failed(*wish, failure->message(), again);
  }
  return true;
}

bool PullWorker::with_queue(const std::function<bool()>& work) {
  try {
    return work();
  } catch (const Error& error) {
    surroundings_.log.error(error.message(), {{"hint", error.hint()}});
    queue_failed_ = true;
    const std::scoped_lock lock(mutex_);
    report_.trouble = error.message();
    return false;
  }
}

bool PullWorker::try_to_serve_one() {
  return with_queue([this] { return serve_one(); });
}

void PullWorker::judge(const std::optional<Error>& failure) {
  const std::scoped_lock lock(mutex_);
  report_.running_since.reset();
  if (failure && failure->kind() == ErrorKind::cancelled) return;
  report_.failures = failure ? report_.failures + 1 : 0;
  report_.last_error = failure ? failure->message() : "";
  if (!failure) report_.newest = surroundings_.clock.now();
  report_.next = surroundings_.clock.now() + work_.every;
}

bool PullWorker::reconcile_if_due() {
  if (next_look_ && surroundings_.clock.steady() < *next_look_) return false;
  {
    const std::scoped_lock lock(mutex_);
    report_.running_since = surroundings_.clock.now();
  }
  const auto between = [this] {
    while (!surroundings_.stop.stop_requested() && try_to_serve_one()) {
    }
  };
  judge(attempt("reconcile", std::nullopt, [&](Run& run) { work_.reconcile(run, between); }));
  next_look_ = surroundings_.clock.steady() + work_.every;
  with_queue([this] {
    deliveries_.forget(surroundings_.clock.now() - k_remembered);
    return true;
  });
  return true;
}

void PullWorker::set(PullWork work) {
  const std::scoped_lock lock(mutex_);
  wanted_ = std::move(work);
}

void PullWorker::adopt() {
  const std::scoped_lock lock(mutex_);
  if (!wanted_) return;
  work_ = *std::move(wanted_);
  wanted_.reset();
  next_look_.reset();
}

milliseconds PullWorker::step() {
  adopt();
  queue_failed_ = false;
  if (try_to_serve_one() || reconcile_if_due()) return milliseconds{0};
  const bool waits = with_queue([this] { return deliveries_.waiting() > 0; });
  if (!queue_failed_) {
    const std::scoped_lock lock(mutex_);
    report_.trouble.clear();
  }
  const auto until_look =
      std::chrono::ceil<milliseconds>(*next_look_ - surroundings_.clock.steady());
  const auto until_wish = waits || queue_failed_ ? milliseconds{k_look_for_pauses} : until_look;
  return std::clamp(until_look, milliseconds{1}, std::max(milliseconds{1}, until_wish));
}

Report PullWorker::report() const {
  const std::scoped_lock lock(mutex_);
  return report_;
}

}  // namespace tidegate::daemon
