#pragma once

/// What the daemon is told to do.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/run.hpp"
#include "model/schedule.hpp"

namespace tidegate::daemon {

/// One that there is already.
struct Dated {
  std::string name;  ///< for people: `atlas-20261122T030000Z.dump`
  SystemTime taken;  ///< when it was begun
};

/// What has been done.
struct Done {
  std::string text;     ///< for people
  std::string trouble;  ///< what is not as it should be all the same; empty: nothing
  Done(std::string what, std::string but = {}) : text(std::move(what)), trouble(std::move(but)) {}
};

/// How long a failing one is tried again.
enum class Insistence {
  until_it_works,     ///< every kind of failure but usage and config
  while_it_may_help,  ///< only those of which error.hpp says so
};

/// One thing that is done again and again. Its functions are called from one thread, one at a time,
/// and own what they use.
struct Job {
  std::string database;  ///< as configured: `atlas`
  std::string what;      ///< `snapshot`, `drill`
  Schedule schedule;
  bool on_start = false;
  Insistence insistence = Insistence::until_it_works;
  std::optional<std::chrono::milliseconds> time_limit = {};  ///< of one try
  std::optional<std::chrono::milliseconds> max_age = {};     ///< older than this is stale
  /// Everything there is. Writes nothing.
  std::function<std::vector<Dated>(Run&)> known = {};
  /// Does it. A failure leaves everything as it was.
  std::function<Done(Run&)> take = {};
};

}  // namespace tidegate::daemon
