#pragma once

/// The border of every use case: the run stands in the journal, well or not, and its progress ends.

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/run.hpp"
#include "journal/journal.hpp"
#include "model/metadata.hpp"

namespace tidegate::snapshot {

/// What the journal says of a run from its start on.
struct Entry {
  std::string operation;  ///< `snapshot`, `restore`, `drop`, `verify`
  std::string database;   ///< the configured name
  std::string from, to;   ///< names of databases; may be empty
  std::string target;     ///< as commands speak of it
};

/// A run that did its work, and whose result counts as a failure nevertheless: `verify`.
struct Judged {
  std::optional<Metadata> metadata;
  std::optional<Error> verdict;  ///< none: all is well
};

/// One run's place in the journal. A journal that cannot be written is a warning in the log, never
/// a failure of the run. A dry run is not recorded.
class Recording {
 public:
  Recording(Run& run, journal::Journal& journal, const Entry& entry);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  void finished(const std::optional<Metadata>& metadata);
  void finished(const Judged& judged);
  void failed(const std::exception& error);

 private:
  void write();
  Run& run_;
  journal::Journal& journal_;
  journal::RunRecord record_;
};

/// Does the work and records how it ended. Failures pass through.
template <class Work>
auto recorded(Run& run, journal::Journal& journal, const Entry& entry, const Work& work) {
  Recording recording(run, journal, entry);
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
