#include "journal/journal.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.hpp"
#include "journal/log_journal.hpp"
#include "journal/sqlite_journal.hpp"

namespace tidegate::journal {
namespace {

namespace fs = std::filesystem;

SystemTime at(std::int64_t milliseconds) {
  return SystemTime{std::chrono::milliseconds{milliseconds}};
}

RunRecord begun(const std::string& run, std::int64_t started) {
  RunRecord r;
  r.run = run;
  r.operation = "restore";
  r.database = "syrf";
  r.target = "pr-42";
  r.who = "alice@build-7, syrf-pr-42-user";
  r.from = "syrf_snapshot";
  r.to = "syrf_pr_42";
  r.outcome = "running";
  r.started = at(started);
  return r;
}

RunRecord ended(RunRecord r) {
  r.outcome = "ok";
  r.documents = 5'412'907;
  r.bytes = Bytes{20'100'000'000};
  r.collections = 11;
  r.finished = r.started + std::chrono::seconds{372};
  r.elapsed = std::chrono::seconds{372};
  return r;
}

class Sqlite : public testing::Test {
 protected:
  Sqlite() {
    std::string pattern = testing::TempDir() + "tidegate-journal-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    path = folder / "journal.db";
  }
  ~Sqlite() override {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }

  std::string config_error() {
    try {
      SqliteJournal(path.string(), redactor);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::config);
      EXPECT_FALSE(error.hint().empty());
      return error.message();
    }
    return "(no error)";
  }

  // Runs SQL on the file as any program could. @returns the error's text, or nothing.
  std::string execute(const std::string& sql) {
    sqlite3* file = nullptr;
    sqlite3_open(path.c_str(), &file);
    char* message = nullptr;
    sqlite3_exec(file, sql.c_str(), nullptr, nullptr, &message);
    std::string text = message != nullptr ? message : "";
    sqlite3_free(message);
    sqlite3_close(file);
    return text;
  }

  fs::path folder, path;
  Redactor redactor;
};

TEST_F(Sqlite, StoresEveryFieldOfARun) {
  SqliteJournal journal(path.string(), redactor);
  const auto record = begun("r1", 1'795'316'404'123);
  journal.started(record);
  journal.finished(ended(record));
  const auto runs = journal.recent(10);
  ASSERT_EQ(runs.size(), 1U);
  const auto& run = runs.front();
  EXPECT_EQ(run.run, "r1");
  EXPECT_EQ(run.operation, "restore");
  EXPECT_EQ(run.database, "syrf");
  EXPECT_EQ(run.target, "pr-42");
  EXPECT_EQ(run.who, "alice@build-7, syrf-pr-42-user");
  EXPECT_EQ(run.from, "syrf_snapshot");
  EXPECT_EQ(run.to, "syrf_pr_42");
  EXPECT_EQ(run.outcome, "ok");
  EXPECT_EQ(run.message, "");
  EXPECT_EQ(run.documents, 5'412'907);
  EXPECT_EQ(run.bytes, Bytes{20'100'000'000});
  EXPECT_EQ(run.collections, 11);
  EXPECT_EQ(run.started, record.started);
  EXPECT_EQ(run.finished, record.started + std::chrono::seconds{372});
  EXPECT_EQ(run.elapsed, std::chrono::seconds{372});
}

TEST_F(Sqlite, ShowsARunThatNeverEndedAsRunning) {
  SqliteJournal journal(path.string(), redactor);
  journal.started(begun("r1", 1'000));
  const auto runs = journal.recent(1);
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs.front().outcome, "running");
  EXPECT_FALSE(runs.front().finished);
}

TEST_F(Sqlite, ShowsTheNewestFirstAndNoMoreThanAsked) {
  SqliteJournal journal(path.string(), redactor);
  for (int i = 1; i <= 5; ++i) journal.started(begun("r" + std::to_string(i), i * 1'000));
  journal.finished(ended(begun("r1", 1'000)));
  const auto runs = journal.recent(3);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].run, "r5");
  EXPECT_EQ(runs[1].run, "r4");
  EXPECT_EQ(runs[2].run, "r3");
  EXPECT_TRUE(journal.recent(0).empty());
  EXPECT_TRUE(journal.recent(-1).empty());
  EXPECT_EQ(journal.recent(100).size(), 5U);
}

TEST_F(Sqlite, KeepsWhatEarlierProcessesWrote) {
  { SqliteJournal(path.string(), redactor).started(begun("r1", 1'000)); }
  SqliteJournal journal(path.string(), redactor);
  journal.finished(ended(begun("r1", 1'000)));
  EXPECT_EQ(journal.recent(10).at(0).outcome, "ok");
}

TEST_F(Sqlite, CannotBeChangedAfterwards) {
  SqliteJournal journal(path.string(), redactor);
  journal.started(begun("r1", 1'000));
  EXPECT_EQ(execute("UPDATE events SET who = 'mallory'"), "the journal is append-only");
  EXPECT_EQ(execute("DELETE FROM events"), "the journal is append-only");
  EXPECT_EQ(execute("INSERT OR REPLACE INTO events SELECT * FROM events"),
            "the journal is append-only");
  EXPECT_EQ(journal.recent(10).at(0).who, begun("r1", 0).who);
}

TEST_F(Sqlite, IsReadableByItsOwnerOnly) {
  const auto before = ::umask(0);
  SqliteJournal journal(path.string(), redactor);
  journal.started(begun("r1", 1'000));
  ::umask(before);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2);  // the file and its write-ahead log
}

TEST_F(Sqlite, HoldsNoSecret) {
  const std::string password = "p@ss w/rd'\"";
  redactor.learn(Secret(password));
  {
    SqliteJournal journal(path.string(), redactor);
    auto record = begun("r1", 1'000);
    record.outcome = "unreachable";
    record.message = "cannot sign in to mongodb://u:other@h with " + password;
    record.who = "alice " + password;
    journal.finished(record);
    EXPECT_EQ(journal.recent(1).at(0).message, "cannot sign in to mongodb://u:***@h with ***");
    EXPECT_EQ(journal.recent(1).at(0).who, "alice ***");
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(bytes.find(password), std::string::npos);
    EXPECT_EQ(bytes.find("other"), std::string::npos);
  }
}

TEST_F(Sqlite, NamesAFolderThatIsMissing) {
  path = folder / "missing" / "journal.db";
  EXPECT_EQ(config_error(), "cannot open the journal '" + path.string() +
                                "': there is no folder '" + (folder / "missing").string() + "'");
}

TEST_F(Sqlite, RefusesAFolderInItsPlace) {
  path = folder;
  EXPECT_EQ(config_error(), "cannot open the journal '" + path.string() + "': Is a directory");
}

TEST_F(Sqlite, RefusesAFileOfAnotherKind) {
  std::ofstream(path) << std::string(4'096, 'x');
  EXPECT_NE(config_error().find("file is not a database"), std::string::npos);
}

TEST_F(Sqlite, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  ASSERT_EQ(execute("CREATE TABLE other (x)"), "");
  EXPECT_EQ(config_error(), "'" + path.string() + "' is not a tidegate journal");
  EXPECT_EQ(execute("SELECT x FROM other"), "");
  EXPECT_EQ(execute("SELECT * FROM events"), "no such table: events");
}

TEST_F(Sqlite, RefusesAJournalOfANewerVersion) {
  { SqliteJournal(path.string(), redactor); }
  ASSERT_EQ(execute("PRAGMA user_version = 99"), "");
  EXPECT_NE(config_error().find("was written by a newer tidegate"), std::string::npos);
}

TEST_F(Sqlite, ReportsWhenItCannotBeWritten) {
  SqliteJournal journal(path.string(), redactor);
  ASSERT_EQ(execute("DROP TABLE events"), "");
  try {
    journal.started(begun("r1", 1'000));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_NE(error.message().find("cannot write to the journal '" + path.string() + "'"),
              std::string::npos);
  }
}

TEST_F(Sqlite, TakesManyWritersAtOnce) {
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([this, w] {
      SqliteJournal journal(path.string(), redactor);
      for (int i = 0; i < 10; ++i) {
        const auto record = begun(std::to_string(w) + "-" + std::to_string(i), i);
        journal.started(record);
        journal.finished(ended(record));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  const auto runs = SqliteJournal(path.string(), redactor).recent(1'000);
  EXPECT_EQ(runs.size(), 40U);
  for (const auto& run : runs) EXPECT_EQ(run.outcome, "ok");
}

TEST(InLog, OneLineHasAllFieldsOfAFinishedRun) {
  Redactor redactor;
  redactor.learn(Secret("hunter22"));
  std::vector<std::string> lines;
  Log log(LogLevel::info, LogFormat::json, redactor,
          [&](std::string_view line) { lines.emplace_back(line); });
  LogJournal journal(log);
  auto record = begun("r1", 1'795'316'404'123);
  journal.started(record);
  EXPECT_TRUE(lines.empty());
  record = ended(record);
  record.outcome = "remote";
  record.message = "refused hunter22";
  journal.finished(record);
  ASSERT_EQ(lines.size(), 1U);
  const auto json = nlohmann::json::parse(lines.front());
  EXPECT_EQ(json.at("message"), "run finished");
  EXPECT_EQ(json.at("run"), "r1");
  EXPECT_EQ(json.at("operation"), "restore");
  EXPECT_EQ(json.at("database"), "syrf");
  EXPECT_EQ(json.at("target"), "pr-42");
  EXPECT_EQ(json.at("who"), record.who);
  EXPECT_EQ(json.at("from"), "syrf_snapshot");
  EXPECT_EQ(json.at("to"), "syrf_pr_42");
  EXPECT_EQ(json.at("outcome"), "remote");
  EXPECT_EQ(json.at("error"), "refused ***");
  EXPECT_EQ(json.at("documents"), "5412907");
  EXPECT_EQ(json.at("bytes"), "20100000000");
  EXPECT_EQ(json.at("collections"), "11");
  EXPECT_EQ(json.at("started"), "2026-11-22T03:00:04.123Z");
  EXPECT_EQ(json.at("finished"), "2026-11-22T03:06:16.123Z");
  EXPECT_EQ(json.at("elapsed_ms"), "372000");
  EXPECT_TRUE(journal.recent(10).empty());
}

TEST(Who, IsUserAtHost) {
  const auto who = who_runs_this();
  const auto mark = who.find('@');
  ASSERT_NE(mark, std::string::npos) << who;
  EXPECT_GT(mark, 0U);
  EXPECT_LT(mark + 1, who.size());
}

}  // namespace
}  // namespace tidegate::journal
