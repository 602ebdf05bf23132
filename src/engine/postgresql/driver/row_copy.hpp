#pragma once

/// Streams rows from one server to another: the two halves of COPY.

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/run.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

/// Reads the rows of one `COPY … TO STDOUT`. Holds one row in memory. The session does nothing else
/// meanwhile; where the reader is destroyed before its last row, the session is lost.
class RowReader {
 public:
  /// `needs`: as for SqlSession::ask. Both must outlive the reader.
  RowReader(Run& run, SqlSession& session, const std::string& sql, std::string needs);
  ~RowReader();
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  /// The next row in COPY's text form with its line end; valid until the next call. Nothing after
  /// the last row. @throws Error as SqlSession: the server's refusal, also in mid-stream;
  /// cancelled, timeout: the server was told to stop.
  std::optional<std::string_view> next();

 private:
  void wait();
  void begin_stop();

  Run& run_;
  SqlSession& session_;
  std::string needs_;
  std::unique_ptr<char, decltype(&PQfreemem)> row_{nullptr, &PQfreemem};
  std::optional<SteadyTime> given_up_;
  std::uint32_t seen_ = 0;
  bool open_ = true;
};

/// Writes rows to one `COPY … FROM STDIN`. At most about 64 KiB wait in memory: put() blocks while
/// the server is slower. The session does nothing else meanwhile; where the writer is destroyed
/// before finish(), the session and the rows are lost.
class RowWriter {
 public:
  RowWriter(Run& run, SqlSession& session, const std::string& sql, std::string needs);
  ~RowWriter();
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  /// One row in COPY's text form with its line end. @throws Error as SqlSession; the server's
  /// refusal of an earlier row as soon as it has arrived.
  void put(std::string_view row);
  /// Waits for the server's answer to the last row.
  void finish();

 private:
  void send();
  void flush();
  bool refused();

  Run& run_;
  SqlSession& session_;
  std::string needs_;
  std::string waiting_;
  int notices_ = 0;
  bool open_ = true;
};

}  // namespace tidegate::engine::postgresql
