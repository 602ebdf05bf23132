#include "engine/postgresql/driver/session.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>
#include <utility>

#include "base/duration.hpp"
#include "engine/postgresql/driver/faults.hpp"

namespace tidegate::engine::postgresql {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_session_tick{100};
constexpr milliseconds k_connect_limit{20'000};
constexpr milliseconds k_sign_in_pause{5'000};

/// Settings that would end our statements, change or hide rows in a result, or print a value in
/// another form. Those that a server does not know are left out. search_path is set first and
/// alone: until then, a function name could mean a function of any user.
constexpr auto k_safe_path = "SELECT pg_catalog.set_config('search_path', '', false)";
constexpr auto k_session_settings = R"(
SELECT set_config(wanted.name, wanted.value, false)
FROM (VALUES
  ('statement_timeout', '0'), ('lock_timeout', '0'), ('transaction_timeout', '0'),
  ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'),
  ('client_connection_check_interval', '2s'),
  ('default_transaction_read_only', 'off'), ('row_security', 'off'),
  ('client_min_messages', 'warning'), ('standard_conforming_strings', 'on'),
  ('extra_float_digits', '1'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'),
  ('TimeZone', 'UTC'), ('bytea_output', 'hex'), ('xmlbinary', 'base64'), ('lc_monetary', 'C'),
  ('quote_all_identifiers', 'off')) AS wanted(name, value)
JOIN pg_settings USING (name))";

/// Waits until the socket is ready. @returns whether it is.
bool is_ready(const PGconn* connection, short events, milliseconds limit = k_session_tick) {
  pollfd socket{PQsocket(connection), events, 0};
  return ::poll(&socket, 1, static_cast<int>(limit.count())) > 0;
}

milliseconds connect_limit(const Conninfo& where) {
  int seconds = 0;
  const auto text = where.value("connect_timeout");
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds > 0 ? std::chrono::seconds(seconds) : k_connect_limit;
}

/// As libpq does: a server that refuses a sign-in is the right server, so the next is not tried.
bool leads_to_the_next(const std::string& why) {
  constexpr int k_starting_up = code_of("57P03");
  const auto error = translate_connect(why, {});
  return error.kind() == ErrorKind::unreachable &&
         (error.server_code() == 0 || error.server_code() == k_starting_up);
}

Fault fault_of(const PGresult* result) {
  const auto field = [&](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text != nullptr ? text : "");
  };
  Fault fault{field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY),
              field(PG_DIAG_MESSAGE_DETAIL), field(PG_DIAG_MESSAGE_HINT)};
  if (fault.message.empty()) fault.message = PQresultErrorMessage(result);
  return fault;
}

bool is_failure(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
}

std::string taken(char* text) {
  std::string result = text != nullptr ? text : "";
  PQfreemem(text);
  return result;
}

}  // namespace

bool is_over(const Run& run) {
  const auto left = run.remaining();
  return (left && left->count() == 0) || (run.stop().stop_requested() && !run.shielded());
}

std::string array_of(const std::vector<std::string>& texts) {
  std::string result = "{";
  for (const auto& text : texts) {
    if (result.size() > 1) result += ',';
    result += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
    result += '"';
  }
  return result + "}";
}

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::vector<std::string> Rows::texts(int column) const {
  std::vector<std::string> texts;
  for (int row = 0; row < count(); ++row) texts.push_back(text(row, column));
  return texts;
}

std::int64_t Rows::number(int row, int column) const {
  const auto digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool Rows::flag(int row, int column) const { return text(row, column) == "t"; }

SystemTime Rows::time(int row, int column) const {
  return SystemTime(milliseconds(number(row, column)));
}

SqlSession::SqlSession(Run& run, const Conninfo& where, milliseconds sign_in_wait)
    : display_(where.display()) {
  const auto end = run.clock().steady() + sign_in_wait;
  for (;;) {
    try {
      connect(run, where);
      break;
    } catch (const Error& error) {
      const auto left = std::chrono::duration_cast<milliseconds>(end - run.clock().steady());
      if (!is_sign_in(error) || left.count() <= 0) throw;
      run.log().warning(fmt::format("{}; a new user takes a while to arrive, trying again for {}",
                                    error.message(), to_text(left)),
                        {{"run", run.id()}});
      run.sleep(std::min(left, k_sign_in_pause));
    }
  }
  tell(run, k_safe_path);
  tell(run, k_session_settings);
}

SqlSession::~SqlSession() = default;
SqlSession::SqlSession(SqlSession&&) noexcept = default;
SqlSession& SqlSession::operator=(SqlSession&&) noexcept = default;

void SqlSession::connect(Run& run, const Conninfo& where) {
  const auto named = where.with("application_name", "tidegate/" + run.id())
                         .with("client_encoding", "UTF8")
                         .with("fallback_application_name", "");
  std::string told;
  for (const auto& host : named.each_host()) {
    const auto why = reach(run, host);
    if (!why) return;
    told += *why + "\n";
    if (!leads_to_the_next(*why)) break;
  }
  throw translate_connect(told, display_);
}

/// @returns the failure in libpq's words; nothing when it is connected.
std::optional<std::string> SqlSession::reach(Run& run, const Conninfo& host) {
  const auto pointers = host.pointers();
  run.check();
  connection_ = Connection(
      PQconnectStartParams(pointers.keywords.data(), pointers.values.data(), 0), &PQfinish);
  if (!connection_) throw Error(ErrorKind::internal, "out of memory");
  // Only the verbose text of a failed connection has the SQLSTATE.
  PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  const auto limit = connect_limit(host);
  const auto end = run.clock().steady() + limit;
  auto state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED || PQstatus(connection_.get()) == CONNECTION_BAD) {
      return PQerrorMessage(connection_.get());
    }
    run.check();
    if (run.clock().steady() >= end) {
      return fmt::format("no answer from {} within {}", host.display(), to_text(limit));
    }
    const short wanted = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (is_ready(connection_.get(), wanted)) state = PQconnectPoll(connection_.get());
  }
  return std::nullopt;
}

Error SqlSession::lost_connection() const {
  return translate({"", PQerrorMessage(connection_.get()), ""}, {}, display_);
}

/// libpq waits until the server has taken the cancel, and for ever where the server hangs; so a
/// thread of its own does that. @returns whether the server has taken it.
std::shared_ptr<const std::atomic<bool>> SqlSession::cancel() {
  auto heard = std::make_shared<std::atomic<bool>>(false);
  PGcancel* request = PQgetCancel(connection_.get());
  if (request == nullptr) {
    *heard = true;
    return heard;
  }
  std::thread([request, heard] {
    std::array<char, 256> why{};
    PQcancel(request, why.data(), static_cast<int>(why.size()));
    PQfreeCancel(request);
    *heard = true;
  }).detach();
  return heard;
}

/// Returns when the answer, or the loss of the connection, can be read without waiting. When the
/// run is over, sends a cancel to the server and waits for the answer to it: so no statement of
/// ours continues there, and no late cancel hits the statement after this one.
void SqlSession::wait_for_answer(Run& run) {
  std::optional<SteadyTime> given_up;
  std::shared_ptr<const std::atomic<bool>> heard;
  while (PQisBusy(connection_.get()) != 0 || (heard && !*heard)) {
    if (!given_up && is_over(run)) {
      heard = cancel();
      given_up = run.clock().steady() + k_cancel_limit;
    }
    if (given_up && run.clock().steady() >= *given_up) {
      connection_.reset();
      run.check();
      throw lost_connection();
    }
    is_ready(connection_.get(), POLLIN);
    if (PQconsumeInput(connection_.get()) == 0) throw lost_connection();
  }
}

Rows SqlSession::finish(Run& run, const std::string& needs) {
  Rows last(nullptr);
  std::optional<Fault> fault;
  for (;;) {
    wait_for_answer(run);
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) break;
    Rows rows(result);
    if (is_failure(result)) {
      if (!fault) fault = fault_of(result);
    } else {
      last = std::move(rows);
    }
  }
  if (!fault) return last;
  run.check();  // the statement was ended because the run is over
  throw translate(*fault, needs, display_);
}

Rows SqlSession::ask(Run& run, const std::string& sql, const Parameters& parameters,
                     const std::string& needs) {
  run.check();
  std::vector<const char*> values;
  for (const auto& each : parameters) values.push_back(each ? each->c_str() : nullptr);
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) == 0) {
    throw lost_connection();
  }
  return finish(run, needs);
}

void SqlSession::tell(Run& run, const std::string& sql, const std::string& needs) {
  run.check();
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) throw lost_connection();
  finish(run, needs);
}

void SqlSession::begin_copy(Run& run, const std::string& sql, ExecStatusType expected,
                            const std::string& needs) {
  run.check();
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) throw lost_connection();
  wait_for_answer(run);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_.get()),
                                                             &PQclear);
  if (PQresultStatus(result.get()) == expected) return;
  const auto fault = result ? fault_of(result.get()) : Fault{};
  finish(run, needs);
  run.check();
  throw translate(fault, needs, display_);
}

bool SqlSession::wait_a_tick(Socket side) {
  return is_ready(connection_.get(), side == Socket::readable ? POLLIN : POLLIN | POLLOUT);
}

bool SqlSession::is_readable() { return is_ready(connection_.get(), POLLIN, milliseconds(0)); }

std::string SqlSession::name(std::string_view text) const {
  return taken(PQescapeIdentifier(connection_.get(), text.data(), text.size()));
}

Conninfo SqlSession::reached(const Conninfo& where) const {
  const auto text = [](const char* value) { return std::string(value != nullptr ? value : ""); };
  return where.with("host", text(PQhost(connection_.get())))
      .with("hostaddr", text(PQhostaddr(connection_.get())))
      .with("port", text(PQport(connection_.get())));
}

std::string SqlSession::literal(std::string_view text) const {
  return taken(PQescapeLiteral(connection_.get(), text.data(), text.size()));
}

}  // namespace tidegate::engine::postgresql
