#include "daemon/task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/utc.hpp"

namespace tidegate::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr milliseconds k_look_limit = minutes{2};
constexpr milliseconds k_late = minutes{1};

bool tried_again(RetryPolicy insistence, const Error& error) {
  if (insistence == RetryPolicy::while_it_may_help) return error.retryable();
  return error.kind() != ErrorKind::config && error.kind() != ErrorKind::usage;
}

Error unexpected(const std::exception& failure) {
  return Error(ErrorKind::internal, fmt::format("unexpected failure: {}", failure.what()),
               "this is a bug in tidegate; please report it");
}

}  // namespace

Task::Task(Job job, const Surroundings& surroundings)
    : job_(std::move(job)),
      surroundings_(surroundings),
      since_(surroundings.clock.now()),
      next_try_(surroundings.clock.steady()) {
  tell();
}

void Task::succeed(const Task& before) {
  if (job_.what != before.job_.what || job_.schedule.text() != before.job_.schedule.text()) return;
  since_ = before.since_;
  served_ = before.served_;
  warned_of_ = before.warned_of_;
  trouble_ = before.trouble_;
}

void Task::forget() {
  // Without any result, scheduled times count from since_. If it lay in the future, they would not
  // start before that time.
  since_ = std::min(since_, surroundings_.clock.now());
  known_.reset();
  idle_until_.reset();
}

RunHistory Task::past() const {
  RunHistory past{.served = served_, .since = since_, .on_start = job_.on_start};
  for (const auto& one : known_.value_or(std::vector<DatedSnapshot>()))
    past.taken.push_back(one.taken);
  return past;
}

DueTime Task::due() const { return next_due(job_.schedule, past(), surroundings_.clock.now()); }

milliseconds Task::until_next() {
  const auto now = surroundings_.clock.now();
  if (idle_until_ && now < *idle_until_) return *idle_until_ - now;
  const auto scheduled = due().at;
  if (scheduled <= now && scheduled_ != scheduled) return milliseconds{0};
  const auto until_scheduled =
      scheduled > now ? scheduled - now : job_.schedule.next_after(now) - now;
  if (given_up_ || (known_ && scheduled > now)) {
    idle_until_ = now + until_scheduled;
    return until_scheduled;
  }
  const auto until_try = std::chrono::ceil<milliseconds>(next_try_ - surroundings_.clock.steady());
  return std::max(milliseconds{0}, std::min(until_scheduled, until_try));
}

void Task::attempt() {
  idle_until_.reset();
  if (const auto scheduled = due().at; scheduled <= surroundings_.clock.now()) enter(scheduled);
  const auto id = make_run_id(surroundings_.clock);
  step_ = Step::look;
  try {
    look(id);
    const auto next = due();
    if (next.at <= surroundings_.clock.now()) {
      enter(next.at);
      take(id, next);
    } else {
      settled();
    }
  } catch (const Error& error) {
    failed(id, error);
  } catch (const std::exception& failure) {
    failed(id, unexpected(failure));
  }
  running_since_.reset();
  tell();
}

/// Begins the tries for a scheduled time, and ends those for another one.
void Task::enter(SystemTime scheduled) {
  if (scheduled_ == scheduled) return;
  if (failures_ > 0) {
    const auto of = scheduled_ ? fmt::format("of {} did not succeed", to_minute(*scheduled_))
                               : std::string("could not be checked");
    surroundings_.log.error(
        fmt::format("{} {}: {} tries failed, the last: {}", title(), of, failures_, last_error_),
        {{"database", job_.database}});
  }
  scheduled_ = scheduled;
  begin_anew();
}

void Task::begin_anew() {
  failures_ = 0;
  given_up_ = false;
  last_error_.clear();
  next_try_ = surroundings_.clock.steady();
}

void Task::look(const std::string& id) {
  const bool first = !known_;
  SilentProgress silent;
  Run run(id, surroundings_.clock, surroundings_.log, silent, surroundings_.stop, k_look_limit);
  known_ = job_.known(run);
  warn_of_the_future();
  if (first) announce();
}

/// A result exists already (another process made it), or none is due yet.
void Task::settled() {
  scheduled_.reset();
  begin_anew();
}

/// Logged once for each scheduled time.
void Task::say_late(const std::string& id, const DueTime& due) {
  if (std::exchange(judged_, due.at) == due.at) return;
  const LogFields fields{{"database", job_.database}, {"run", id}};
  if (due.first < due.at && due.first != since_) {
    const auto last = job_.schedule.last_until(due.at - milliseconds{1});
    surroundings_.log.warning(
        due.first < last ? fmt::format("{}: none was taken from {} to {}", title(),
                                       to_minute(due.first), to_minute(last))
                         : fmt::format("{}: none was taken at {}", title(), to_minute(last)),
        fields);
  }
  const auto late = surroundings_.clock.now() - due.at;
  if (late <= k_late || due.at == since_) return;
  surroundings_.log.info(fmt::format("{} of {} is late by {}: caught up now", title(),
                                     to_minute(due.at), to_text(late)),
                         fields);
}

void Task::take(const std::string& id, const DueTime& due) {
  step_ = Step::take;
  say_late(id, due);
  const auto begun = surroundings_.clock.now();
  running_since_ = begun;
  tell();
  const auto progress = surroundings_.progress(job_, id);
  Run run(id, surroundings_.clock, surroundings_.log, *progress, surroundings_.stop,
          job_.time_limit);
  const auto done = job_.take(run);
  progress->end();
  served_ = due.at;
  known_->push_back({id, begun});
  settled();
  const LogFields fields{{"database", job_.database}, {"run", id}};
  surroundings_.log.info(fmt::format("{}: {}", title(), done.text), fields);
  trouble_ = done.trouble;
  if (!trouble_.empty()) {
    surroundings_.log.error(fmt::format("{} is done, but {}", title(), trouble_), fields);
  }
  announce();
}

void Task::warn_of_the_future() {
  std::vector<std::string> names;
  for (const auto& one : *known_) {
    if (believable(job_.schedule, one.taken, surroundings_.clock.now())) continue;
    if (warned_of_.insert(one.name).second) {
      names.push_back(fmt::format("'{}' of {}", one.name, to_second(one.taken)));
    }
  }
  if (names.empty()) return;
  surroundings_.log.warning(
      fmt::format("{}: dated in the future, and not counted: {}", title(), fmt::join(names, ", ")),
      {{"database", job_.database},
       {"hint", "this machine's clock is wrong, or was when they were taken"}});
}

/// Logs the next scheduled time and the newest result.
void Task::announce() {
  const auto now = surroundings_.clock.now();
  const auto scheduled = due().at;
  const auto newest = newest_believable();
  const auto there =
      newest ? fmt::format("the newest is '{}' of {}", newest->name, to_second(newest->taken))
             : std::string("there is none yet");
  const auto when = scheduled > now ? to_minute(scheduled) : std::string("now");
  LogFields fields{{"database", job_.database}, {"schedule", job_.schedule.text()}};
  // When the first run failed before a restart, nothing else shows it.
  const bool bare = !newest && scheduled > now && job_.what != "drill";
  if (bare) {
    fields.emplace_back("hint",
                        "'tidegate snapshot' takes one now, 'snapshot.on_start: true' at each "
                        "start that finds none");
  }
  surroundings_.log.write(bare ? LogLevel::warning : LogLevel::info,
                          fmt::format("{}: next {}; {}", title(), when, there), fields);
}

void Task::failed(const std::string& id, const Error& error) {
  if (error.kind() == ErrorKind::cancelled && surroundings_.stop.stop_requested()) {
    surroundings_.log.info(fmt::format("{} was stopped and left nothing behind", title()),
                           {{"database", job_.database}, {"run", id}});
    return;
  }
  ++failures_;
  last_error_ = error.message();
  given_up_ = !tried_again(job_.insistence, error);
  const auto pause = pause_after(failures_);
  next_try_ = surroundings_.clock.steady() + pause;
  const auto then =
      given_up_ ? fmt::format("not tried again before {}",
                              to_minute(job_.schedule.next_after(surroundings_.clock.now())))
                : fmt::format("again in {}", to_text(pause));
  const auto* what = step_ == Step::take ? "failed" : "cannot list what exists";
  LogFields fields{
      {"database", job_.database}, {"run", id}, {"kind", std::string(describe(error.kind()).name)}};
  if (failures_ == 1 && !error.hint().empty()) fields.emplace_back("hint", error.hint());
  surroundings_.log.write(
      given_up_ ? LogLevel::error : LogLevel::warning,
      fmt::format("{} {} (try {}): {}; {}", title(), what, failures_, last_error_, then), fields);
}

std::optional<DatedSnapshot> Task::newest_believable() const {
  std::optional<DatedSnapshot> newest;
  for (const auto& one : known_.value_or(std::vector<DatedSnapshot>())) {
    if (!believable(job_.schedule, one.taken, surroundings_.clock.now())) continue;
    if (!newest || newest->taken < one.taken) newest = one;
  }
  return newest;
}

void Task::tell() {
  Report report;
  report.database = job_.database;
  report.what = job_.what;
  if (const auto newest = newest_believable()) report.newest = newest->taken;
  if (known_) report.next = due().at;
  report.running_since = running_since_;
  report.failures = failures_;
  report.given_up = given_up_;
  report.last_error = last_error_;
  report.trouble = trouble_;
  report.max_age = job_.max_age;
  const std::scoped_lock lock(mutex_);
  report_ = std::move(report);
}

Report Task::report() const {
  const std::scoped_lock lock(mutex_);
  return report_;
}

std::string Task::title() const { return fmt::format("{} of '{}'", job_.what, job_.database); }

}  // namespace tidegate::daemon
