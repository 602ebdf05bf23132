#pragma once

/// The queue of webhook deliveries. A delivery is kept until its pull request is processed, and
/// remembered after that, so that a repeated delivery has no effect.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "model/names.hpp"

namespace tidegate::journal {

/// A pull request to process. It stands for every waiting delivery of that pull request.
struct QueuedSync {
  PullNumber number;
  std::int64_t upto = 0;  ///< id of the newest delivery that it stands for
  int tries = 0;          ///< failed tries since the newest delivery arrived
};

/// Thread safe. All functions throw Error config when the file cannot be opened or written.
class Deliveries {
 public:
  /// Opens the file, and creates it with mode 0600 when it is missing. Without a file the queue is
  /// in memory only.
  explicit Deliveries(const std::optional<std::string>& file);
  ~Deliveries();
  Deliveries(const Deliveries&) = delete;
  Deliveries& operator=(const Deliveries&) = delete;

  enum class Taken {
    waits,  ///< a new delivery, or a repeated one whose processing had failed permanently
    known   ///< the delivery is waiting already or is done
  };
  /// Adds a delivery. It is on the disk when the call returns.
  Taken put(const std::string& delivery, PullNumber number, SystemTime now);
  /// The pull request that has waited longest and whose pause is over. It stays in the queue until
  /// done() or failed(), so that it survives the death of the process.
  std::optional<QueuedSync> next(SystemTime now);
  /// Marks it done. Deliveries of the same pull request that arrived after next() stay in the
  /// queue.
  void done(const QueuedSync& wish);
  /// Records a failure. It is not returned again before `again`; with nothing, never, unless the
  /// same delivery is sent again.
  void failed(const QueuedSync& wish, const std::string& why, std::optional<SystemTime> again);
  /// The number of waiting deliveries.
  int waiting();
  /// Deletes deliveries received before that time that are no longer waiting.
  void forget(SystemTime before);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate::journal
