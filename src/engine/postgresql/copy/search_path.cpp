#include "engine/postgresql/copy/search_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/postgresql/driver/faults.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// Each with the relation whose row it takes. A valid CHECK is made with its table, so it counts as
/// the table's.
constexpr auto k_expressions = R"(
WITH own_functions AS (SELECT oid FROM pg_proc WHERE oid >= 16384),
calls(class, id) AS (
  SELECT DISTINCT d.classid, d.objid FROM pg_depend d
  WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid IN (SELECT oid FROM own_functions)
    AND d.classid IN ('pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass))
SELECT 'pg_class'::regclass::oid, i.indexrelid, format('index ''%s''', i.indexrelid::regclass),
  i.indrelid::regclass,
  concat_ws(', ', pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid))
FROM calls JOIN pg_index i ON calls.class = 'pg_class'::regclass AND i.indexrelid = calls.id
WHERE i.indisvalid
UNION ALL
SELECT 'pg_class'::regclass, a.adrelid, format('table ''%s''', a.adrelid::regclass),
  a.adrelid::regclass, pg_get_expr(a.adbin, a.adrelid)
FROM calls JOIN pg_attrdef a ON calls.class = 'pg_attrdef'::regclass AND a.oid = calls.id
JOIN pg_attribute c ON c.attrelid = a.adrelid AND c.attnum = a.adnum AND c.attgenerated <> ''
UNION ALL
SELECT 'pg_class'::regclass, k.conrelid, format('table ''%s''', k.conrelid::regclass),
  k.conrelid::regclass, pg_get_expr(k.conbin, k.conrelid)
FROM calls JOIN pg_constraint k ON calls.class = 'pg_constraint'::regclass AND k.oid = calls.id
WHERE k.contype = 'c' AND k.conrelid <> 0
ORDER BY 2)";

struct Expression {
  Trait trait;
  std::string table, text;
};

std::vector<Expression> expressions(SqlSession& session, Run& run) {
  const auto rows = session.ask(run, k_expressions);
  std::vector<Expression> found;
  for (int row = 0; row < rows.count(); ++row) {
    Expression expression;
    expression.trait.kind = Trait::Kind::search_path;
    expression.trait.catalog = rows.number(row, 0);
    expression.trait.object = rows.number(row, 1);
    expression.trait.name = rows.text(row, 2);
    expression.table = rows.text(row, 3);
    expression.text = rows.text(row, 4);
    found.push_back(std::move(expression));
  }
  return found;
}

/// Other errors than an unknown name may not occur in the copy.
bool is_unknown_name(int code) {
  constexpr std::array k_codes{code_of("42883"), code_of("42P01"), code_of("42704"),
                               code_of("42703"), code_of("3F000")};
  return std::find(k_codes.begin(), k_codes.end(), code) != k_codes.end();
}

/// The server's message where a name is unknown; else nothing.
std::optional<std::string> unknown_name(SqlSession& session, Run& run, const std::string& sql) {
  try {
    session.ask(run, sql);
  } catch (const Error& error) {
    if (session.lost()) throw;
    run.check();
    if (is_unknown_name(error.server_code())) return error.message();
  }
  return std::nullopt;
}

}  // namespace

std::vector<Trait> search_path_traits(Run& run, Server& server, const DatabaseName& database) {
  auto session = server.open(run, database);
  std::vector<Trait> traits;
  auto all = expressions(session, run);
  if (all.empty()) return traits;
  session.tell(run, "SET default_transaction_read_only = on");
  std::set<std::string> broken;
  const auto note = [&](Expression& each, const std::string& words) {
    each.trait.why =
        fmt::format("it works only with a search_path, and a restore has none: {}", words);
    broken.insert(each.table);
    traits.push_back(each.trait);
  };
  for (auto& each : all) {
    // Planned over a generated row: planning over the table would plan its other indexes too.
    const auto sql = fmt::format(
        "EXPLAIN SELECT {} FROM (SELECT (r).* FROM (SELECT NULL::{} AS r OFFSET 0) AS q OFFSET 0) "
        "AS tidegate",
        each.text, each.table);
    if (const auto words = unknown_name(session, run, sql)) note(each, *words);
  }
  for (auto& each : all) {
    if (broken.count(each.table) != 0) continue;
    const auto sql = fmt::format("SELECT {} FROM ONLY {} LIMIT 1", each.text, each.table);
    if (const auto words = unknown_name(session, run, sql)) note(each, *words);
  }
  return traits;
}

}  // namespace tidegate::engine::postgresql
