#pragma once

/// journal: what ran, when, by whom and how it ended: the audit trail. A record, never the truth:
/// no decision is taken from it, and state lives with the data.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace tidegate::journal {

/// One run as the journal knows it. No secrets: a journal passes every text through a Redactor.
struct RunRecord {
  std::string run;        ///< its id
  std::string operation;  ///< `snapshot`, `restore`, `drop`, `verify` …
  std::string database;   ///< the configured name: `syrf`
  std::string target;     ///< as commands speak of it: `snapshot`, `pr-42`
  std::string who;        ///< `user@host` of the process, and the server's user where known
  std::string from;       ///< name of the database that is read; may be empty
  std::string to;         ///< name of the database that is written; may be empty
  std::string outcome;    ///< `running`, `ok`, or the name of an error kind
  std::string message;    ///< of the error; empty when all went well
  std::int64_t documents = 0;
  Bytes bytes;
  int collections = 0;
  SystemTime started{};
  std::optional<SystemTime> finished;  ///< none while it runs, or when it died
  std::chrono::milliseconds elapsed{0};
};

/// Thread safe. All functions throw Error (config: it cannot be opened or written) and nothing
/// else. A record must not fail the run that it tells of: whoever calls started() or finished()
/// catches the error, logs a warning, and goes on.
class Journal {
 public:
  virtual ~Journal() = default;
  virtual void started(const RunRecord& record) = 0;
  virtual void finished(const RunRecord& record) = 0;
  /// Up to `n` runs, the newest start first. A run that was started and never finished has the
  /// outcome `running`: it runs still, or died.
  virtual std::vector<RunRecord> recent(int n) = 0;
};

/// `alice@build-7`: who runs this process, from the system's own record, not from variables that
/// anyone can set. The user's number where it has no name.
std::string who_runs_this();

}  // namespace tidegate::journal
