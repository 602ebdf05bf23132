#include "base/run.hpp"

#include <fmt/format.h>

#include <random>

#include "base/duration.hpp"
#include "base/utc.hpp"

namespace tidegate {
namespace {

std::int64_t as_milliseconds(SteadyTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string make_run_id(const Clock& clock) {
  std::random_device entropy;
  return fmt::format("{}-{:08x}", to_compact(clock.now()), entropy());
}

Run::Run(std::string id, const Clock& clock, Log& log, Progress& progress, std::stop_token stop,
         std::optional<std::chrono::milliseconds> time_limit, Mode mode)
    : id_(std::move(id)),
      clock_(clock),
      log_(log),
      progress_(progress),
      stop_(std::move(stop)),
      started_(clock.steady()),
      limit_(time_limit),
      mode_(mode) {
  if (time_limit) deadline_ = started_ + *time_limit;
}

std::chrono::milliseconds Run::elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - started_);
}

void Run::check() const {
  if (const auto until = shielded_until_.load(); until != 0) {
    if (as_milliseconds(clock_.steady()) < until) return;
    throw Error(ErrorKind::timeout, "the time allowed for publishing is over",
                "run the command again: it finishes what was begun");
  }
  if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "cancelled");
  if (deadline_ && clock_.steady() >= *deadline_) {
    throw Error(ErrorKind::timeout,
                fmt::format("the time limit of {} was reached", to_config_text(*limit_)),
                "allow more with --timeout or 'timeout' in the configuration");
  }
}

void Run::sleep(std::chrono::milliseconds duration) const {
  check();
  if (const auto left = remaining(); left && *left < duration) duration = *left;
  clock_.sleep(duration, shielded() ? std::stop_token{} : stop_);
  check();
}

std::optional<std::chrono::milliseconds> Run::remaining() const {
  using std::chrono::milliseconds;
  if (const auto until = shielded_until_.load(); until != 0) {
    return std::max(milliseconds{0}, milliseconds{until - as_milliseconds(clock_.steady())});
  }
  if (!deadline_) return std::nullopt;
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(*deadline_ - clock_.steady()));
}

void Run::shield(std::chrono::milliseconds grace) {
  shielded_until_.store(std::max<std::int64_t>(1, as_milliseconds(clock_.steady() + grace)));
}

}  // namespace tidegate
