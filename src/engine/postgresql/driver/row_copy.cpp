#include "engine/postgresql/driver/row_copy.hpp"

#include <utility>

namespace tidegate::engine::postgresql {
namespace {

constexpr std::size_t k_chunk = 64 * 1024;
constexpr std::uint32_t k_rows_between_checks = 4096;

}  // namespace

RowReader::RowReader(Run& run, SqlSession& session, const std::string& sql, std::string needs)
    : run_(run), session_(session), needs_(std::move(needs)) {
  session_.begin_copy(run, sql, PGRES_COPY_OUT, needs_);
}

RowReader::~RowReader() {
  if (open_) session_.connection_.reset();
}

std::optional<std::string_view> RowReader::next() {
  for (;;) {
    if (!given_up_ && ++seen_ % k_rows_between_checks == 0 && is_over(run_)) begin_stop();
    char* row = nullptr;
    const int length = PQgetCopyData(session_.connection_.get(), &row, 1);
    row_.reset(row);
    if (length > 0 && !given_up_) return std::string_view(row, static_cast<std::size_t>(length));
    if (length == 0) wait();
    if (length == -2) throw session_.lost_connection();
    if (length != -1) continue;
    open_ = false;
    session_.finish(run_, needs_);
    run_.check();
    return std::nullopt;
  }
}

void RowReader::wait() {
  if (!given_up_ && is_over(run_)) begin_stop();
  if (given_up_ && run_.clock().steady() >= *given_up_) {
    run_.check();
    throw session_.lost_connection();
  }
  session_.wait_a_tick(Socket::readable);
  if (PQconsumeInput(session_.connection_.get()) == 0) throw session_.lost_connection();
}

/// Rows that were already sent still arrive; they are read and dropped.
void RowReader::begin_stop() {
  session_.cancel();
  given_up_ = run_.clock().steady() + k_cancel_limit;
}

RowWriter::RowWriter(Run& run, SqlSession& session, const std::string& sql, std::string needs)
    : run_(run), session_(session), needs_(std::move(needs)) {
  session_.begin_copy(run, sql, PGRES_COPY_IN, needs_);
  auto* connection = session_.connection_.get();
  PQsetnonblocking(connection, 1);
  PQsetNoticeProcessor(
      connection, [](void* count, const char*) { ++*static_cast<int*>(count); }, &notices_);
  waiting_.reserve(k_chunk);
}

RowWriter::~RowWriter() {
  if (open_) session_.connection_.reset();
}

void RowWriter::put(std::string_view row) {
  waiting_.append(row);
  if (waiting_.size() >= k_chunk) send();
}

void RowWriter::finish() {
  if (!waiting_.empty()) send();
  auto* connection = session_.connection_.get();
  if (PQputCopyEnd(connection, nullptr) < 0) throw session_.lost_connection();
  flush();
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PQsetnonblocking(connection, 0);
  session_.finish(run_, needs_);
  open_ = false;
}

void RowWriter::send() {
  run_.check();
  // In nonblocking mode it takes all of the data, or reports a lost connection.
  const int taken =
      PQputCopyData(session_.connection_.get(), waiting_.data(), static_cast<int>(waiting_.size()));
  if (taken < 0) throw session_.lost_connection();
  if (taken > 0) waiting_.clear();
  flush();
  if (!refused()) return;
  PQputCopyEnd(session_.connection_.get(), "the server has refused a row");
  flush();
  session_.finish(run_, needs_);  // throws the refusal
}

void RowWriter::flush() {
  auto* connection = session_.connection_.get();
  for (;;) {
    const int left = PQflush(connection);
    if (left < 0) throw session_.lost_connection();
    if (left == 0) return;
    run_.check();
    session_.wait_a_tick(Socket::either);
    // A server that sends while it is written to may wait until its message is read.
    if (PQconsumeInput(connection) == 0) throw session_.lost_connection();
  }
}

/// The server sends nothing while it takes rows, except notices and a refusal. libpq reports the
/// refusal only after the last row, which may be hours later.
bool RowWriter::refused() {
  auto* connection = session_.connection_.get();
  const int before = notices_;
  if (!session_.is_readable()) return false;
  if (PQconsumeInput(connection) == 0) throw session_.lost_connection();
  PQfreemem(PQnotifies(connection));  // makes libpq read the data that has arrived
  return notices_ == before;
}

}  // namespace tidegate::engine::postgresql
