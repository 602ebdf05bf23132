#pragma once

/// One writer a database: document `_id: "lease"` in the metadata collection, on the server's
/// clock. Tried with 100 races of 2 and of 8 processes and with SIGSTOP past its end: one winner
/// each time.

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {

struct LeaseTimes {
  std::chrono::milliseconds lasts{30'000};  ///< after the last renewal
  std::chrono::milliseconds renewed_every{5'000};
  std::chrono::milliseconds fresh{10'000};  ///< renewed within this: the holder is alive
};

/// Holds the lease from construction to destruction, and renews it in the background.
/// Thread safe but for construction. Given back when destroyed, or left to run out with its plan
/// when one is in it.
class ServerLease final : public engine::Lease {
 public:
  /// @throws Error conflict: held by another, alive; one that does not renew is watched until it
  /// runs out.
  ServerLease(Run& run, Server& server, const WriteTarget& target, std::string metadata_collection,
              LeaseTimes times, LeaseWish wish);
  ~ServerLease() override;

  const WriteTarget& target() const override { return target_; }
  void confirm(Run& run) override;
  std::vector<std::string> recovered() const override { return recovered_; }

  /// Before work that blocks writes to the database, renewals among them: lasts this much longer
  /// from now on, and others see that it does. Taken back by end_blocking().
  /// @throws Error conflict: lost.
  void begin_blocking(Run& run, std::chrono::milliseconds estimate);
  void end_blocking(Run& run);
  /// The commit point: the plan is written if the lease is still this run's and has not run out.
  /// A stop or the time limit ends the waiting for another try, never a write under way.
  /// @throws Error conflict: it is not, and nothing was written. Any other error: in_doubt() holds
  /// unless it was refused before it was written.
  void commit(Run& run, const PublishPlan& plan);
  bool in_doubt() const { return in_doubt_; }
  /// The plan is done.
  void clear(Run& run);

  /// The plan that a dead holder has left; carried out first.
  const std::optional<PublishPlan>& unfinished() const { return unfinished_; }
  /// It cannot be finished, and stays until commit() puts another in its place.
  void set_stuck(const Error& why) { stuck_ = why; }
  /// Before what is no plan of its own.
  /// @throws Error: why the unfinished plan cannot be finished.
  void refuse_stuck() const;
  /// The holder from whom the lease was taken over; empty when there was none.
  const std::string& previous_run() const { return previous_run_; }
  void add_recovered(std::string what) { recovered_.push_back(std::move(what)); }
  /// For names of staging collections; never the same twice in a process.
  static int next_number();
  const std::string& database() const { return target_.database().text(); }
  const std::string& metadata_collection() const { return metadata_collection_; }

 private:
  Bson take(Run& run);
  void acquire(Run& run, LeaseWish wish);
  /// One write on the condition that the lease is this holder's. @returns false when it is not any
  /// more.
  bool change(Run& run, const Bson& fields, const CommandOptions& how);
  bool renew(Run& run, const CommandOptions& how);
  Bson write_plan(Run& run, const Bson& command);
  void renew_until(std::stop_token stop);
  void give_back() noexcept;
  [[noreturn]] void lost(Run& run);
  Error conflict(const Bson& held, std::chrono::milliseconds age) const;

  Server& server_;
  WriteTarget target_;
  std::string metadata_collection_;
  LeaseTimes times_;
  std::string run_id_;
  std::string token_;  ///< of this very hold: a run that tries again has a new one
  SilentProgress silent_;
  std::stop_source ending_;
  Run own_run_;  ///< renews whatever becomes of the run's stop and time limit
  std::string previous_run_;
  std::optional<PublishPlan> unfinished_;
  std::optional<Error> stuck_;
  std::vector<std::string> recovered_;
  std::atomic<bool> in_doubt_{false};
  std::atomic<bool> plan_written_{false};
  std::atomic<SteadyTime> renewed_{SteadyTime{}};
  std::atomic<SteadyTime> blocking_until_{SteadyTime{}};
  std::jthread renewer_;
};

}  // namespace tidegate::engine::mongodb
