#include "engine/postgresql/copy/sequences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace tidegate::engine::postgresql {
namespace {

constexpr std::size_t k_at_once = 500;

constexpr auto k_names = R"(
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND (c.oid IN (SELECT unnest(extconfig) FROM pg_extension)
       OR NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
                      AND e.objid = c.oid AND e.deptype = 'e'))
ORDER BY 1)";

/// Joins the statements for many names into one; `each` gives the SELECT of one.
void in_batches(std::size_t count, const std::function<std::string(std::size_t)>& each,
                const std::function<void(const std::string&)>& ask) {
  for (std::size_t from = 0; from < count; from += k_at_once) {
    std::string sql;
    for (auto i = from; i < std::min(count, from + k_at_once); ++i) {
      if (!sql.empty()) sql += " UNION ALL ";
      sql += each(i);
    }
    ask(sql);
  }
}

}  // namespace

std::vector<SequencePosition> sequence_positions(SqlSession& session, Run& run,
                                                 const std::vector<Relation>& left_out) {
  std::set<std::string> others;
  for (const auto& relation : left_out) others.insert(relation.quoted);
  auto names = session.ask(run, k_names).texts(0);
  std::erase_if(names, [&](const std::string& name) { return others.count(name) != 0; });
  std::vector<SequencePosition> positions;
  in_batches(
      names.size(),
      [&](std::size_t i) {
        return fmt::format("SELECT {}, last_value, is_called FROM {}", session.literal(names[i]),
                           names[i]);
      },
      [&](const std::string& sql) {
        const auto rows = session.ask(run, sql, {}, "SELECT on every sequence");
        for (int row = 0; row < rows.count(); ++row) {
          positions.push_back({rows.text(row, 0), rows.text(row, 1), rows.flag(row, 2)});
        }
      });
  return positions;
}

void set_sequences(SqlSession& session, Run& run, const std::vector<SequencePosition>& positions) {
  in_batches(
      positions.size(),
      [&](std::size_t i) {
        const auto& at = positions[i];
        return fmt::format(
            "SELECT setval(id, {}, {}) FROM to_regclass({}) AS id WHERE id IS NOT NULL",
            at.last_value, at.is_called, session.literal(at.quoted));
      },
      [&](const std::string& sql) { session.ask(run, sql); });
}

}  // namespace tidegate::engine::postgresql
