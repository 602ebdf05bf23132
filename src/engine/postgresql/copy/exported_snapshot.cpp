#include "engine/postgresql/copy/exported_snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <utility>

#include "base/side_by_side.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// The schemas that queries in this database search as a rule, then all others.
constexpr auto k_search_path = R"(
SELECT concat_ws(', ', nullif(s.reset_val, ''),
  (SELECT string_agg(quote_ident(nspname), ', ' ORDER BY nspname COLLATE "C") FROM pg_namespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'))
FROM pg_settings s WHERE s.name = 'search_path')";

std::vector<std::size_t> largest_first(const std::vector<Relation>& relations) {
  std::vector<std::size_t> order(relations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return relations[a].data > relations[b].data;
  });
  return order;
}

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
  session.ask(run, "SELECT pg_catalog.set_config('search_path', $1, true)", {search_path_});
  return session;
}

std::vector<Checksum> ExportedSnapshot::sum_all(Run& run, const std::vector<Relation>& relations,
                                                int parallel, Reading reading) const {
  std::vector<Checksum> sums(relations.size());
  const auto order = largest_first(relations);
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
  side_by_side(order.size(), parallel, [&](std::size_t turn, const std::atomic<bool>&) {
    const auto index = order[turn];
    auto session = take();
    sums[index] = sum_up(session, run, relations[index], reading);
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(session));
  });
  return sums;
}

}  // namespace tidegate::engine::postgresql
