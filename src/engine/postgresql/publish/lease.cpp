#include "engine/postgresql/publish/lease.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/utc.hpp"
#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/publish/comment.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr std::chrono::milliseconds k_lease_poll{200};
constexpr int k_checks_elsewhere = 4;
constexpr std::chrono::milliseconds k_give_back_limit{5'000};
constexpr std::string_view k_application_prefix = "tidegate/";
constexpr std::size_t k_longest_name = 63;
constexpr std::size_t k_moment = 15;  // `20261122T030004`

constexpr auto k_key = "hashtextextended('tidegate ' || $1, 0)";

std::string host() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

/// The time at the beginning of a run's id.
SystemTime moment_in(std::string_view run) {
  if (run.size() < k_moment) return {};
  const auto part = [&](std::size_t from, std::size_t size) { return run.substr(from, size); };
  const auto text = fmt::format("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 2), part(6, 2),
                                part(9, 2), part(11, 2), part(13, 2));
  return parse_rfc3339(text).value_or(SystemTime{});
}

std::optional<Holder> holder_of(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  if (auto found = holder_named(rows.text(0, 0))) return found;
  Holder other;
  other.run = rows.text(0, 0).empty() ? "unknown" : rows.text(0, 0);
  return other;
}

/// The session that holds the lock, in any maintenance database.
std::string where_held() {
  return fmt::format(
      "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
      "AND ((l.classid::bigint << 32) | l.objid::bigint) = {}",
      k_key);
}

std::string select_holder() {
  return fmt::format(
      "SELECT coalesce(a.application_name, '') FROM pg_locks l LEFT JOIN pg_stat_activity a USING "
      "(pid) WHERE {}",
      where_held());
}

/// The number of sessions that hold the lock in other databases, where ours does not exclude them;
/// and whether all of them give way to us.
std::string select_elsewhere() {
  return fmt::format(
      "SELECT count(*), coalesce(bool_and(l.database > d.oid), true) FROM pg_locks l, "
      "(SELECT oid FROM pg_database WHERE datname = current_database()) AS d "
      "WHERE l.database <> d.oid AND {}",
      where_held());
}

/// When two sessions take the lock at the same moment in two databases, each sees the other: the
/// one in the younger database gives way, the other one checks again.
bool is_free_elsewhere(SqlSession& session, Run& run, const DatabaseName& name) {
  for (int check = 1;; ++check) {
    const auto rows = session.ask(run, select_elsewhere(), {name.text()});
    if (rows.number(0, 0) == 0) return true;
    if (!rows.flag(0, 1) || check == k_checks_elsewhere) return false;
    run.sleep(k_lease_poll);
  }
}

Error held(const DatabaseName& database, const std::optional<Holder>& who) {
  const auto by = who ? fmt::format("run {} (process {} on {}, since {})", who->run, who->process,
                                    who->host, to_second(who->started))
                      : std::string("another run, which has just ended");
  return {ErrorKind::conflict, fmt::format("'{}' is held by {}", database.text(), by),
          "wait until it has ended, then run the command again"};
}

Error through_a_pool(const SqlSession& session) {
  return {ErrorKind::config,
          fmt::format("{} is a proxy that pools transactions: it does not keep one server session "
                      "for a client, so the lease would not be safe",
                      session.display()),
          "let the connection string name the server itself, or a pool of the proxy whose mode is "
          "'session'"};
}

std::string backend(SqlSession& session, Run& run) {
  return session.ask(run, "SELECT pg_backend_pid()").text(0, 0);
}

/// A proxy invents a process number. The check for a transaction pool keeps another session busy:
/// in such a pool, that session gets the process that ours used.
void refuse_transaction_pool(Run& run, const Server& server, SqlSession& session) {
  const auto ours = backend(session, run);
  if (ours == std::to_string(session.told_backend())) return;
  auto other = server.open(run);
  other.tell(run, "BEGIN");
  const auto theirs = backend(other, run);
  if (theirs == ours || backend(session, run) != ours) throw through_a_pool(session);
}

void refuse_target_as_maintenance(const Server& server, const WriteTarget& target) {
  if (server.maintenance() != target.database()) return;
  throw Error(ErrorKind::config,
              fmt::format("the connection string's path names '{}', the database to be "
                          "replaced; a session inside a database cannot replace it",
                          target.database().text()),
              "let the path name another database, such as 'postgres'", server.conninfo().origin());
}

SqlSession open_for(Run& run, const Server& server, const WriteTarget& target) {
  refuse_target_as_maintenance(server, target);
  auto session = server.open(run);
  refuse_transaction_pool(run, server, session);
  session.ask(run, "SELECT set_config('application_name', $1, false)", {session_name(run.id())});
  return session;
}

}  // namespace

std::string session_name(const std::string& run) {
  auto name = fmt::format("{}{} {}@{}", k_application_prefix, run, ::getpid(), host());
  name.resize(std::min(name.size(), k_longest_name));
  return name;
}

std::optional<Holder> holder_named(const std::string& session_name) {
  std::string_view rest = session_name;
  if (rest.substr(0, k_application_prefix.size()) != k_application_prefix) return std::nullopt;
  rest.remove_prefix(k_application_prefix.size());
  Holder holder;
  holder.run = rest.substr(0, rest.find(' '));
  holder.started = moment_in(holder.run);
  const auto at = rest.find('@');
  if (const auto space = rest.find(' '); space != std::string_view::npos && at > space) {
    const auto digits = rest.substr(space + 1, at - space - 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), holder.process);
    if (at != std::string_view::npos) holder.host = rest.substr(at + 1);
  }
  return holder;
}

bool try_lock(SqlSession& session, Run& run, const DatabaseName& name) {
  const auto lock = fmt::format("SELECT pg_try_advisory_lock({})", k_key);
  if (!session.ask(run, lock, {name.text()}).flag(0, 0)) return false;
  if (is_free_elsewhere(session, run, name)) return true;
  unlock(session, run, name);
  return false;
}

void unlock(SqlSession& session, Run& run, const DatabaseName& name) {
  session.ask(run, fmt::format("SELECT pg_advisory_unlock({})", k_key), {name.text()});
}

std::optional<Holder> holder(Server& server, Run& run, const DatabaseName& database) {
  return holder_of(server.ask(run, select_holder(), {database.text()}));
}

SessionLease::SessionLease(Run& run, Server& server, const WriteTarget& target, LeaseWish wish)
    : server_(server), target_(target), run_(run), session_(open_for(run, server, target)) {
  take(run, wish);
}

void SessionLease::take(Run& run, LeaseWish wish) {
  const auto end = run.clock().steady() + wish.wait;
  while (!try_lock(session_, run, database())) {
    if (run.clock().steady() >= end) {
      throw held(database(), holder_of(session_.ask(run, select_holder(), {database().text()})));
    }
    run.sleep(k_lease_poll);
  }
}

SessionLease::~SessionLease() {
  try {
    // The run itself may be stopped, or its time limit passed.
    SilentProgress silent;
    Run own(run_.id(), run_.clock(), run_.log(), silent, {}, k_give_back_limit);
    if (!session_.lost()) session_.tell(own, "SELECT pg_advisory_unlock_all()");
  } catch (const std::exception& error) {
    run_.log().debug(std::string("the server releases the lease by itself: ") + error.what(),
                     {{"run", run_.id()}});
  }
}

void SessionLease::confirm(Run& run) {
  const auto rows = session_.ask(
      run, fmt::format("SELECT EXISTS ({} AND l.pid = pg_backend_pid())", select_holder()),
      {database().text()});
  if (!rows.flag(0, 0)) throw held(database(), holder(server_, run, database()));
}

DatabaseName SessionLease::free_staging_name(Run& run) {
  for (;;) {
    auto name = staging_name(run.id(), ++staged_);
    if (!find_database(session_, run, name) && try_lock(session_, run, name)) return name;
  }
}

}  // namespace tidegate::engine::postgresql
