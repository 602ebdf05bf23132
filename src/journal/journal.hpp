#pragma once

/// journal: the audit trail: each run with its time, user and outcome. It is only a record: no
/// decision is based on it. The state lives with the data.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace tidegate::journal {

/// One run as recorded in the journal. A journal passes every text through a Redactor, so no secret
/// is stored.
struct RunRecord {
  std::string run;        ///< its id
  std::string operation;  ///< `snapshot`, `restore`, `drop`, `verify` …
  std::string database;   ///< the configured name: `syrf`
  std::string target;     ///< as commands name it: `snapshot`, `pr-42`
  std::string who;        ///< `user@host` of the process, and the server's user when known
  std::string from;       ///< name of the source database; may be empty
  std::string to;         ///< name of the written database; may be empty
  std::string outcome;    ///< `running`, `ok`, or the name of an error kind
  std::string message;    ///< of the error; empty when all went well
  std::int64_t documents = 0;
  Bytes bytes;
  int collections = 0;
  SystemTime started{};
  std::optional<SystemTime> finished;  ///< nothing while it runs, or when it died
  std::chrono::milliseconds elapsed{0};
};

/// Thread safe. All functions throw Error config when the journal cannot be opened or written, and
/// nothing else. A failure of the journal must not fail the run: the caller of started() or
/// finished() catches the error, logs a warning, and continues.
class Journal {
 public:
  virtual ~Journal() = default;
  virtual void started(const RunRecord& record) = 0;
  virtual void finished(const RunRecord& record) = 0;
  /// At most `n` runs, newest start first. A run that has started and not finished has the outcome
  /// `running`: it still runs, or it died.
  virtual std::vector<RunRecord> recent(int n) = 0;
};

/// `alice@build-7`: the user and host of this process, taken from the system's user database and
/// not from variables that anyone can set. A user without a name appears as a number.
std::string who_runs_this();

}  // namespace tidegate::journal
