#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "journal/journal.hpp"

namespace tidegate::journal {

/// A journal in a SQLite file, for any number of processes at once. Append-only: one row for the
/// start of a run and one for its end, and triggers that refuse UPDATE and DELETE. The file has
/// mode 0600; WAL, five seconds of patience when another process is writing.
class SqliteJournal final : public Journal {
 public:
  /// Opens the file, and makes it where there is none.
  /// @throws Error config: its folder is missing, it cannot be opened, it is no journal, or it was
  /// written by a newer tidegate.
  SqliteJournal(const std::string& path, const Redactor& redactor);
  ~SqliteJournal() override;
  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;

  void started(const RunRecord& record) override;
  void finished(const RunRecord& record) override;
  std::vector<RunRecord> recent(int n) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidegate::journal
