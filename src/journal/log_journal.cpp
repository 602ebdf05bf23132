#include "journal/log_journal.hpp"

#include "base/utc.hpp"

namespace tidegate::journal {

void LogJournal::started(const RunRecord&) {}

void LogJournal::finished(const RunRecord& record) {
  LogFields fields{{"run", record.run},
                   {"operation", record.operation},
                   {"database", record.database},
                   {"target", record.target},
                   {"who", record.who},
                   {"from", record.from},
                   {"to", record.to},
                   {"outcome", record.outcome},
                   {"error", record.message},
                   {"documents", std::to_string(record.documents)},
                   {"bytes", std::to_string(record.bytes.count)},
                   {"collections", std::to_string(record.collections)},
                   {"started", to_rfc3339(record.started)}};
  if (record.finished) fields.emplace_back("finished", to_rfc3339(*record.finished));
  fields.emplace_back("elapsed_ms", std::to_string(record.elapsed.count()));
  log_.info("run finished", fields);
}

std::vector<RunRecord> LogJournal::recent(int) { return {}; }

}  // namespace tidegate::journal
