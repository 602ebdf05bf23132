#include "journal/sqlite_journal.hpp"

#include <mutex>
#include <utility>

#include "base/utc.hpp"
#include "journal/store.hpp"

namespace tidegate::journal {
namespace {

constexpr const char* k_create_journal = R"sql(
CREATE TABLE events (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  event       TEXT NOT NULL CHECK (event IN ('started', 'finished')),
  run         TEXT NOT NULL,
  operation   TEXT NOT NULL,
  database    TEXT NOT NULL,
  target      TEXT NOT NULL,
  who         TEXT NOT NULL,
  source      TEXT NOT NULL,
  destination TEXT NOT NULL,
  outcome     TEXT NOT NULL,
  message     TEXT NOT NULL,
  documents   INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  collections INTEGER NOT NULL,
  started     TEXT NOT NULL,
  finished    TEXT,
  elapsed_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX events_run ON events (run);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_no_replace BEFORE INSERT ON events
  WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
)sql";

constexpr StoreKind k_journal_kind{"journal", "journal",        0x74646a6c /* "tdjl" */,
                                   1,         k_create_journal, true};

constexpr const char* k_insert = R"sql(
INSERT INTO events (event, run, operation, database, target, who, source, destination, outcome,
                    message, documents, bytes, collections, started, finished, elapsed_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)sql";

// The last row of each run: the end is written after the start, so it is the end when there is one.
constexpr const char* k_recent = R"sql(
SELECT run, operation, database, target, who, source, destination, outcome, message, documents,
       bytes, collections, started, finished, elapsed_ms
FROM events WHERE id IN (SELECT max(id) FROM events GROUP BY run)
ORDER BY started DESC, id DESC LIMIT ?
)sql";

RunRecord read_row(SQLite::Statement& row) {
  RunRecord record;
  int column = 0;
  const auto text = [&] { return row.getColumn(column++).getString(); };
  const auto number = [&] { return row.getColumn(column++).getInt64(); };
  record.run = text();
  record.operation = text();
  record.database = text();
  record.target = text();
  record.who = text();
  record.from = text();
  record.to = text();
  record.outcome = text();
  record.message = text();
  record.documents = number();
  record.bytes = Bytes{number()};
  record.collections = static_cast<int>(number());
  record.started = parse_rfc3339(text()).value_or(SystemTime{});
  record.finished = parse_rfc3339(text());
  record.elapsed = std::chrono::milliseconds{number()};
  return record;
}

}  // namespace

class SqliteJournal::Impl {
 public:
  Impl(std::string path, const Redactor& redactor) : path_(std::move(path)), redactor_(redactor) {
    translate("open", [&] {
      file_ = open_store(path_, k_journal_kind);
      // Makes the triggers refuse INSERT OR REPLACE too, which otherwise deletes without running
      // them.
      file_->exec("PRAGMA recursive_triggers = ON");
    });
  }

  void append(const char* event, const RunRecord& record) {
    translate("write to", [&] {
      SQLite::Statement row(*file_, k_insert);
      int column = 1;
      row.bind(column++, event);
      for (const auto* text :
           {&record.run, &record.operation, &record.database, &record.target, &record.who,
            &record.from, &record.to, &record.outcome, &record.message}) {
        row.bind(column++, redactor_.clean(*text));
      }
      row.bind(column++, record.documents);
      row.bind(column++, record.bytes.count);
      row.bind(column++, record.collections);
      row.bind(column++, to_rfc3339(record.started));
      if (record.finished) {
        row.bind(column++, to_rfc3339(*record.finished));
      } else {
        row.bind(column++);
      }
      row.bind(column++, std::int64_t{record.elapsed.count()});
      row.exec();
    });
  }

  std::vector<RunRecord> recent(int n) {
    std::vector<RunRecord> records;
    translate("read", [&] {
      SQLite::Statement rows(*file_, k_recent);
      rows.bind(1, n < 0 ? 0 : n);
      while (rows.executeStep()) records.push_back(read_row(rows));
    });
    return records;
  }

 private:
  template <typename Work>
  void translate(const char* doing, Work work) {
    const std::lock_guard lock(mutex_);
    try {
      work();
    } catch (const SQLite::Exception& error) {
      refuse_store(path_, k_journal_kind, doing, error);
    }
  }

  std::string path_;
  const Redactor& redactor_;
  std::unique_ptr<SQLite::Database> file_;
  std::mutex mutex_;
};

SqliteJournal::SqliteJournal(const std::string& path, const Redactor& redactor)
    : impl_(std::make_unique<Impl>(path, redactor)) {}

SqliteJournal::~SqliteJournal() = default;

void SqliteJournal::started(const RunRecord& record) { impl_->append("started", record); }
void SqliteJournal::finished(const RunRecord& record) { impl_->append("finished", record); }
std::vector<RunRecord> SqliteJournal::recent(int n) { return impl_->recent(n); }

}  // namespace tidegate::journal
