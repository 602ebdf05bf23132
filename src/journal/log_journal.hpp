#pragma once

#include "base/log.hpp"
#include "journal/journal.hpp"

namespace tidegate::journal {

/// The record where no journal is configured: one line in the log for each run that has finished,
/// with all that is known of it as fields. Always JSON when the log is; the log redacts. Keeps
/// nothing, so recent() is empty. Never throws.
class LogJournal final : public Journal {
 public:
  explicit LogJournal(Log& log) : log_(log) {}
  void started(const RunRecord& record) override;
  void finished(const RunRecord& record) override;
  std::vector<RunRecord> recent(int n) override;

 private:
  Log& log_;
};

}  // namespace tidegate::journal
