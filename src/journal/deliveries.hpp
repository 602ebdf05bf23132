#pragma once

/// What webhooks have asked for: kept until it is done, and remembered after that, so that a call
/// that comes again does nothing again.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "model/names.hpp"

namespace tidegate::journal {

/// A pull request that is to be looked at, whatever number of calls has asked for it.
struct Wish {
  PullNumber number;
  std::int64_t upto = 0;  ///< the last of the calls that it stands for
  int tries = 0;          ///< that have failed since the last of them came
};

/// Thread safe. All functions throw Error (config: the file cannot be opened or written).
class Deliveries {
 public:
  /// A file with mode 0600, made where there is none; without one it is kept in memory only.
  explicit Deliveries(const std::optional<std::string>& file);
  ~Deliveries();
  Deliveries(const Deliveries&) = delete;
  Deliveries& operator=(const Deliveries&) = delete;

  enum class Taken {
    waits,  ///< new, or one that had failed for good
    known   ///< it waits already, or is done
  };
  /// On the disk when it returns.
  Taken put(const std::string& delivery, PullNumber number, SystemTime now);
  /// The pull request that has waited longest, and whose pause is over. It goes on waiting until it
  /// is said to be done, so that a process that dies leaves it.
  std::optional<Wish> next(SystemTime now);
  /// What came for the same pull request meanwhile goes on waiting.
  void done(const Wish& wish);
  /// It is not looked at again before `again`; nothing: never, until the same call comes again.
  void failed(const Wish& wish, const std::string& why, std::optional<SystemTime> again);
  /// How many calls wait.
  int waiting();
  /// Forgets what was received before that and waits no more.
  void forget(SystemTime before);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate::journal
