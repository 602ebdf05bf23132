#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "journal/journal.hpp"

namespace tidegate::journal {

/// A journal in a SQLite file; any number of processes may use it at a time. It is append-only: one
/// row for the start and one for the end of a run, and triggers refuse UPDATE and DELETE. The file
/// has mode 0600 and uses WAL. A write waits up to five seconds for another process.
class SqliteJournal final : public Journal {
 public:
  /// Opens the file, and creates it when it is missing.
  /// @throws Error config: the folder is missing, the file cannot be opened, it is not a journal,
  /// or a newer tidegate wrote it.
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
