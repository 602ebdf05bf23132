#pragma once

#include "base/log.hpp"
#include "journal/journal.hpp"

namespace tidegate::journal {

/// The journal used when none is configured: it writes one log line with all fields for each
/// finished run, and stores nothing, so recent() is empty. The line is JSON when the log is; the
/// log removes secrets. Never throws.
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
