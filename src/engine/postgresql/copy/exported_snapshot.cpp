#include "engine/postgresql/copy/exported_snapshot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/side_by_side.hpp"
#include "engine/postgresql/driver/faults.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// The schemas in the search_path of this database first, then all others.
constexpr auto k_search_path = R"(
SELECT concat_ws(', ', nullif(s.reset_val, ''),
  (SELECT string_agg(quote_ident(nspname), ', ' ORDER BY nspname COLLATE "C") FROM pg_namespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'))
FROM pg_settings s WHERE s.name = 'search_path')";

/// The filenode in the snapshot's catalog, and the present one. They differ after TRUNCATE, which
/// leaves no rows for readers of an older moment, and after any change that rewrites a table.
constexpr auto k_rewritten = R"(
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND format('%I.%I', n.nspname, c.relname) = ANY ($1::text[])
  AND c.relfilenode <> 0 AND c.relfilenode IS DISTINCT FROM pg_relation_filenode(c.oid)
ORDER BY 1 LIMIT 1)";

constexpr std::size_t k_locked_at_once = 500;
constexpr int k_no_such_table = code_of("42P01");

}  // namespace

ExportedSnapshot::ExportedSnapshot(Run& run, Server& server, DatabaseName database)
    : server_(server), database_(std::move(database)), session_(server.open(run, database_)) {
  session_.tell(run, k_begin);
  const auto rows = session_.ask(run, fmt::format("SELECT pg_export_snapshot(), {}", k_now));
  id_ = rows.text(0, 0);
  time_ = rows.time(0, 1);
  search_path_ = session_.ask(run, k_search_path).text(0, 0);
}

SqlSession ExportedSnapshot::join(Run& run) const {
  auto session = server_.open(run, database_);
  session.tell(run, fmt::format("{}; SET TRANSACTION SNAPSHOT {}", k_begin, session.literal(id_)));
  return session;
}

/// For a query that the server may plan with the users' functions, and that gives back no names.
void ExportedSnapshot::set_search_path(Run& run, SqlSession& session) const {
  session.ask(run, "SELECT pg_catalog.set_config('search_path', $1, true)", {search_path_});
}

std::string ExportedSnapshot::hold(Run& run, const std::vector<Relation>& relations) {
  std::vector<std::string> tables;
  for (const auto& each : relations) {
    if (each.kind == 'r') tables.push_back(each.quoted);
  }
  for (std::size_t at = 0; at < tables.size(); at += k_locked_at_once) {
    const std::vector<std::string> some(
        tables.begin() + static_cast<std::ptrdiff_t>(at),
        tables.begin() +
            static_cast<std::ptrdiff_t>(std::min(at + k_locked_at_once, tables.size())));
    try {
      session_.tell(
          run, fmt::format("LOCK TABLE ONLY {} IN ACCESS SHARE MODE", fmt::join(some, ", ONLY ")));
    } catch (const Error& error) {
      if (error.server_code() != k_no_such_table) throw;
      return fmt::format("a table of '{}' was dropped", database_.text());
    }
  }
  const auto rows = session_.ask(run, k_rewritten, {array_of(tables)});
  if (rows.empty()) return {};
  return fmt::format("{} of '{}' was truncated or rewritten", rows.text(0, 0), database_.text());
}

std::vector<Checksum> ExportedSnapshot::sum_all(Run& run, const std::vector<Relation>& relations,
                                                int parallel) const {
  std::vector<PartSum> sums(relations.size());
  const auto parts = parts_of(relations, parallel, session_.version());
  std::mutex mutex;
  each_in_a_session(run, parts.size(), parallel, [&](std::size_t turn, SqlSession& session) {
    const auto index = parts[turn].relation;
    const auto sum = sum_up(run, session, relations[index], parts[turn], search_path_);
    const std::lock_guard lock(mutex);
    sums[index].add(sum);
  });
  std::vector<Checksum> result;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    result.push_back(checksum_of(relations[i], sums[i]));
  }
  return result;
}

std::vector<Checksum> ExportedSnapshot::count_all(Run& run, const std::vector<Relation>& relations,
                                                  int parallel) const {
  std::vector<Checksum> counts(relations.size());
  each_in_a_session(run, counts.size(), parallel, [&](std::size_t index, SqlSession& session) {
    set_search_path(run, session);
    counts[index] = count_up(session, run, relations[index]);
  });
  return counts;
}

void ExportedSnapshot::each_in_a_session(
    Run& run, std::size_t count, int parallel,
    const std::function<void(std::size_t, SqlSession&)>& work) const {
  std::mutex mutex;
  std::vector<SqlSession> idle;
  const auto take = [&] {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        auto session = std::move(idle.back());
        idle.pop_back();
        return session;
      }
    }
    return join(run);
  };
  side_by_side(count, parallel, [&](std::size_t turn, const std::atomic<bool>&) {
    auto session = take();
    work(turn, session);
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(session));
  });
}

}  // namespace tidegate::engine::postgresql
