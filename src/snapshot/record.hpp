#pragma once

/// The outer frame of every use case: records the run in the journal, with success or failure, and
/// ends its progress.

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/run.hpp"
#include "journal/journal.hpp"
#include "model/metadata.hpp"

namespace tidegate::snapshot {

/// The journal fields of a run that are known at its start.
struct Entry {
  std::string operation;  ///< `snapshot`, `restore`, `drop`, `verify`
  std::string database;   ///< the configured name
  std::string from, to;   ///< names of databases; may be empty
  std::string target;     ///< as commands name it
};

/// The result of a run that completed but may count as a failure: `verify`.
struct RunVerdict {
  std::optional<Metadata> metadata;
  std::optional<Error> verdict;  ///< none: success
};

/// Records one run in the journal. A journal that cannot be written causes a warning in the log,
/// never a failure of the run. A dry run is not recorded.
class RunRecording {
 public:
  RunRecording(Run& run, journal::Journal& journal, const Entry& entry);
  ~RunRecording();
  RunRecording(const RunRecording&) = delete;
  RunRecording& operator=(const RunRecording&) = delete;

  void finished(const std::optional<Metadata>& metadata);
  void finished(const RunVerdict& judged);
  void failed(const std::exception& error);

 private:
  void write();
  Run& run_;
  journal::Journal& journal_;
  journal::RunRecord record_;
};

/// Runs `work` and records the outcome. Exceptions pass through.
template <class Work>
auto recorded(Run& run, journal::Journal& journal, const Entry& entry, const Work& work) {
  RunRecording recording(run, journal, entry);
  try {
    auto result = work();
    recording.finished(result);
    return result;
  } catch (const std::exception& error) {
    recording.failed(error);
    throw;
  }
}

}  // namespace tidegate::snapshot
