#pragma once

/// Messages and records of a run, kept for a test to inspect.

#include <mutex>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/run.hpp"
#include "journal/journal.hpp"

namespace tidegate::test {

/// Steps as `ok rights: producer reads syrftest`. Thread safe.
class RecordingProgress final : public Progress {
 public:
  void begin(std::string_view database, std::string_view from, std::string_view to) override;
  void step(Mark mark, std::string_view name, std::string_view text) override;
  void expect(int items, std::int64_t documents, Bytes bytes) override;
  void item_started(std::string_view name, std::int64_t documents, Bytes bytes) override;
  void item_advanced(std::string_view name, std::string_view phase,
                     std::int64_t documents) override;
  void item_finished(std::string_view name, const ItemResult& result) override;
  void end() override;

  std::vector<std::string> steps() const;
  /// All steps, one a line.
  std::string text() const;
  int ended() const { return ended_; }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> steps_;
  int ended_ = 0;
};

class MemoryJournal final : public journal::Journal {
 public:
  void started(const journal::RunRecord& record) override;
  void finished(const journal::RunRecord& record) override;
  std::vector<journal::RunRecord> recent(int n) override;

  std::vector<journal::RunRecord> begun, ended;
  bool broken = false;  ///< every write fails
};

/// A run with everything it speaks to.
struct WitnessedRun {
  explicit WitnessedRun(const Clock& clock,
                        std::optional<std::chrono::milliseconds> limit = std::nullopt,
                        Mode mode = Mode::real);

  Redactor redactor;
  std::vector<std::string> lines;  ///< of the log
  Log log;
  RecordingProgress progress;
  std::stop_source stop;
  Run run;
};

}  // namespace tidegate::test
