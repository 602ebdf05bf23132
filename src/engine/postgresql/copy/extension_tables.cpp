#include "engine/postgresql/copy/extension_tables.hpp"

#include <fmt/format.h>

#include "engine/postgresql/driver/row_copy.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_tables = R"(
SELECT e.extname, format('%I.%I', n.nspname, c.relname),
  (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
  coalesce(own.condition, '')
FROM pg_extension e CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS own(id, condition)
JOIN pg_class c ON c.oid = own.id JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
ORDER BY 2)";

}  // namespace

std::vector<ExtensionTable> extension_tables(SqlSession& session, Run& run) {
  const auto rows = session.ask(run, k_tables);
  std::vector<ExtensionTable> tables;
  for (int row = 0; row < rows.count(); ++row) {
    tables.push_back({rows.text(row, 0), rows.text(row, 1), rows.text(row, 2), rows.text(row, 3)});
  }
  return tables;
}

void copy_extension_tables(Run& run, SqlSession& source, SqlSession& target,
                           const std::vector<ExtensionTable>& tables) {
  for (const auto& table : tables) {
    RowReader reader(run, source,
                     fmt::format("COPY (SELECT {} FROM ONLY {} {}) TO STDOUT", table.columns,
                                 table.quoted, table.condition),
                     fmt::format("SELECT on '{}'", table.quoted));
    RowWriter writer(run, target,
                     fmt::format("COPY {} ({}) FROM STDIN", table.quoted, table.columns),
                     fmt::format("INSERT on '{}' of the copy", table.quoted));
    while (const auto row = reader.next()) writer.put(*row);
    writer.finish();
  }
}

}  // namespace tidegate::engine::postgresql
