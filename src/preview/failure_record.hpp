#pragma once

/// A failed run's reason, written into the metadata of its target: the log of a Job may be gone by
/// the time that someone asks.

#include <string>

#include "base/run.hpp"
#include "base/secret.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"

namespace tidegate::preview {

/// Writes reasons for one target. All references outlive it.
class FailureRecorder {
 public:
  /// `redactor` takes secrets out of an error's words.
  FailureRecorder(Run& run, engine::Engine& engine, const Gate& gate, const TargetName& target,
                  std::string commit, const Redactor& redactor);

  /// Best effort, in a bounded time: a target without metadata, or one that cannot be written,
  /// remains as it is. Not for failures that say nothing of the target: a stop, another run, a
  /// lock, a user that cannot sign in. Never throws Error.
  void record(const Error& error) const;

 private:
  Run& run_;
  engine::Engine& engine_;
  const Gate& gate_;
  const TargetName& target_;
  std::string commit_;
  const Redactor& redactor_;
};

/// Does the work, and records why it failed. Failures pass through.
template <class Work>
auto recording_failure(const FailureRecorder& recorder, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    recorder.record(error);
    throw;
  }
}

}  // namespace tidegate::preview
