#include "engine/postgresql/copy/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_relations = R"(
WITH calls(relation) AS (
  SELECT coalesce(i.indrelid, s.stxrelid) FROM pg_depend d
  LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
  LEFT JOIN pg_statistic_ext s ON d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
  WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384
    AND coalesce(i.indrelid, s.stxrelid) IS NOT NULL)
SELECT
  n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), c.relkind,
  greatest(c.reltuples::bigint, pg_stat_get_live_tuples(c.oid), 0),
  (c.relpages + coalesce(toast.relpages, 0)) * current_setting('block_size')::bigint,
  coalesce((SELECT sum(x.relpages) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
            WHERE i.indrelid = c.oid), 0)::bigint * current_setting('block_size')::bigint,
  (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisready
   AND (i.indisvalid OR c.relkind = 'p')),
  columns.named, columns.written, columns.computed, c.relispopulated,
  CASE WHEN $1::boolean THEN encode(sha256(convert_to(concat_ws(E'\n',
    c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
    c.reloptions, c.relreplident, pg_get_expr(c.relpartbound, c.oid),
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
    (SELECT string_agg(format('%I %s %s %s %s %s %s', a.attname,
                              format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                              a.attgenerated, a.attcollation::regcollation,
                              pg_get_expr(d.adbin, d.adrelid)), E'\n' ORDER BY a.attnum)
     FROM pg_attribute a
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT string_agg(pg_get_indexdef(i.indexrelid), E'\n'
                       ORDER BY pg_get_indexdef(i.indexrelid) COLLATE "C")
     FROM pg_index i WHERE i.indrelid = c.oid AND i.indisready
     AND (i.indisvalid OR c.relkind = 'p')),
    (SELECT string_agg(format('%I %s', k.conname, pg_get_constraintdef(k.oid)), E'\n'
                       ORDER BY k.conname COLLATE "C")
     FROM pg_constraint k WHERE k.conrelid = c.oid),
    (SELECT string_agg(format('%s %s', t.tgenabled, pg_get_triggerdef(t.oid)), E'\n'
                       ORDER BY t.tgname COLLATE "C")
     FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
    (SELECT string_agg(format('%I %s %s %s %s', p.polname, p.polcmd, p.polpermissive,
                              pg_get_expr(p.polqual, p.polrelid),
                              pg_get_expr(p.polwithcheck, p.polrelid)), E'\n'
                       ORDER BY p.polname COLLATE "C")
     FROM pg_policy p WHERE p.polrelid = c.oid)
  ), 'UTF8')), 'hex') END,
  coalesce((SELECT s.srvname FROM pg_foreign_table f
            JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid), ''),
  CASE WHEN c.relam = (SELECT oid FROM pg_am WHERE amname = 'heap') THEN c.relpages ELSE 0 END,
  c.oid IN (SELECT relation FROM calls)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class toast ON toast.oid = c.reltoastrelid
CROSS JOIN LATERAL (
  SELECT
    coalesce(string_agg(format('tidegate.%I', a.attname), ', '
                        ORDER BY a.attgenerated <> '', a.attname COLLATE "C"), ''),
    coalesce(string_agg(format('%I', a.attname), ', ' ORDER BY a.attname COLLATE "C")
             FILTER (WHERE a.attgenerated = ''), ''),
    count(*) FILTER (WHERE a.attgenerated <> '')
  FROM pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns(named, written, computed)
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (SELECT FROM pg_depend e
                  WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'))";

constexpr auto k_large_object_count = "SELECT count(*) FROM pg_largeobject_metadata";

constexpr auto k_configuration = R"(
SELECT n.nspname, c.relname, format('%I.%I', n.nspname, c.relname)
FROM pg_extension e CROSS JOIN LATERAL unnest(e.extconfig) AS own(id)
JOIN pg_class c ON c.oid = own.id JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
ORDER BY 3)";

constexpr auto k_not_carried = R"(
SELECT format('subscription ''%s'', which would take what others publish', subname)
FROM pg_subscription JOIN pg_database d ON d.oid = subdbid
WHERE d.datname = current_database()
UNION ALL
SELECT format('the sign-ins (user mappings) of foreign server ''%s'': a copy must not write '
              'elsewhere', srvname)
FROM pg_user_mappings GROUP BY srvname
UNION ALL
SELECT format('index ''%s'' of ''%s'', which is invalid: its build had failed, or still runs',
              i.indexrelid::regclass, i.indrelid::regclass)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE NOT (i.indisready AND (i.indisvalid OR c.relkind = 'p')) AND i.indexrelid >= 16384
  AND c.relkind <> 't'
ORDER BY 1)";

std::string part(const std::string& identifier) {
  if (identifier.find_first_of(".\"") == std::string::npos) return identifier;
  std::string result = "\"";
  for (const char c : identifier) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

Relation read(const Rows& rows, int row, int version) {
  Relation relation;
  relation.name = relation_name(rows.text(row, 0), rows.text(row, 1));
  relation.quoted = rows.text(row, 2);
  relation.kind = rows.text(row, 3).at(0);
  relation.rows = rows.number(row, 4);
  relation.data = Bytes{rows.number(row, 5)};
  relation.index_data = Bytes{rows.number(row, 6)};
  relation.indexes = static_cast<int>(rows.number(row, 7));
  relation.columns = rows.text(row, 8);
  relation.written = rows.text(row, 9);
  relation.computed = static_cast<int>(rows.number(row, 10));
  relation.populated = rows.flag(row, 11);
  if (!rows.is_null(row, 12)) {
    relation.definition = fmt::format("sha256 {} of {}", rows.text(row, 12), version);
  }
  relation.foreign_server = rows.text(row, 13);
  relation.pages = rows.number(row, 14);
  relation.calls_functions = rows.flag(row, 15);
  return relation;
}

const char* type_of(const Relation& view) {
  return view.kind == 'm' ? "materialized view" : "view";
}

}  // namespace

std::string relation_name(const std::string& schema, const std::string& relation) {
  return schema == "public" ? part(relation) : part(schema) + "." + part(relation);
}

std::vector<Relation> relations(SqlSession& session, Run& run, Detail detail) {
  const auto rows =
      session.ask(run, k_relations, {detail == Detail::definitions ? "true" : "false"});
  std::vector<Relation> result;
  for (int row = 0; row < rows.count(); ++row) result.push_back(read(rows, row, session.version()));
  const auto objects = session.ask(run, k_large_object_count).number(0, 0);
  if (objects > 0) {
    Relation large;
    large.name = k_large_objects;
    large.kind = 'L';
    large.rows = objects;
    large.definition = "large objects";
    result.push_back(large);
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

std::vector<Relation> configuration_of_extensions(SqlSession& session, Run& run) {
  const auto rows = session.ask(run, k_configuration);
  std::vector<Relation> result;
  for (int row = 0; row < rows.count(); ++row) {
    Relation relation;
    relation.name = relation_name(rows.text(row, 0), rows.text(row, 1));
    relation.quoted = rows.text(row, 2);
    result.push_back(std::move(relation));
  }
  return result;
}

std::vector<std::string> not_carried(SqlSession& session, Run& run) {
  const auto rows = session.ask(run, k_not_carried);
  std::vector<std::string> result;
  for (int row = 0; row < rows.count(); ++row) result.push_back(rows.text(row, 0));
  return result;
}

engine::Item item_of(const Relation& relation) {
  engine::Item item;
  item.name = relation.name;
  if (relation.is_view()) item.type = type_of(relation);
  item.documents = relation.is_view() ? 0 : relation.rows;
  item.data = relation.data;
  item.index_data = relation.index_data;
  item.indexes = relation.indexes;
  if (relation.kind == 'f') {
    item.type = "foreign table";
    item.obstacle = fmt::format(
        "a foreign table: its rows are on server '{}', and a copy of it would write there",
        relation.foreign_server);
  }
  return item;
}

Content content_of(const Relation& relation) {
  Content content;
  content.name = relation.name;
  if (relation.is_view()) content.type = type_of(relation);
  content.indexes = relation.indexes;
  content.definition = relation.definition;
  return content;
}

}  // namespace tidegate::engine::postgresql
