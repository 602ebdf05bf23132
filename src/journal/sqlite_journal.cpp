#include "journal/sqlite_journal.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "base/error.hpp"
#include "base/utc.hpp"
#include "journal/private_file.hpp"

namespace tidegate::journal {
namespace {

constexpr int k_schema = 1;
constexpr int k_application = 0x74646a6c;  // "tdjl": tells a journal from any other SQLite file
constexpr int k_patience_ms = 5'000;

constexpr const char* k_create = R"sql(
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

constexpr const char* k_insert = R"sql(
INSERT INTO events (event, run, operation, database, target, who, source, destination, outcome,
                    message, documents, bytes, collections, started, finished, elapsed_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
)sql";

// The last row of each run: its end where it has one, since that is written after its start.
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
    make_private(path_, {"the journal", "journal"});
    translate("open", [&] {
      file_ = std::make_unique<SQLite::Database>(path_, SQLite::OPEN_READWRITE, k_patience_ms);
      prepare_schema();
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
      throw Error(ErrorKind::config,
                  fmt::format("cannot {} the journal '{}': {}", doing, path_, error.what()),
                  "check the file and its folder, or change 'journal' in the configuration");
    }
  }

  int pragma(const char* name) {
    return file_->execAndGet(fmt::format("PRAGMA {}", name)).getInt();
  }

  // Two processes may open a new file at once: the one that comes second finds it made.
  void prepare_schema() {
    file_->exec("PRAGMA synchronous = FULL");
    // Refuses INSERT OR REPLACE too, which deletes without asking the triggers otherwise.
    file_->exec("PRAGMA recursive_triggers = ON");
    SQLite::Transaction transaction(*file_, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = pragma("user_version");
    if (version == 0 && pragma("schema_version") == 0) {
      file_->exec(k_create);
      file_->exec(fmt::format("PRAGMA application_id = {}", k_application));
      file_->exec(fmt::format("PRAGMA user_version = {}", k_schema));
    } else if (pragma("application_id") != k_application) {
      throw Error(ErrorKind::config, fmt::format("'{}' is not a tidegate journal", path_),
                  "change 'journal' in the configuration to a file of its own");
    } else if (version > k_schema) {
      throw Error(ErrorKind::config,
                  fmt::format("the journal '{}' was written by a newer tidegate", path_),
                  "use that version, or change 'journal' in the configuration");
    }
    transaction.commit();
    // Only now, when the file is known to be ours. It may be busy because another process does the
    // same at this moment; then that one's change is as good.
    static_cast<void>(file_->tryExec("PRAGMA journal_mode = WAL"));
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
