#include "engine/postgresql/copy/needed.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidegate::engine::postgresql {
namespace {

/// By name, since a cast to regclass takes rights on the schema. $1: as Relation::quoted.
constexpr auto k_sequences = R"(
SELECT DISTINCT format('%I.%I', n.nspname, c.relname)
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.deptype IN ('a', 'i') AND c.relkind = 'S'
  AND d.refobjid IN (SELECT t.oid FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace
                     WHERE format('%I.%I', s.nspname, t.relname) = ANY ($1::text[]))
ORDER BY 1)";

/// A dependent object that belongs to a relation is reported as that relation.
constexpr auto k_needed_by = R"(
WITH left_out AS (
  SELECT c.oid AS id FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE format('%I.%I', n.nspname, c.relname) = ANY ($1::text[])),
targets(class, id, relation) AS (
  SELECT 'pg_class'::regclass::oid, id, id FROM left_out
  UNION ALL SELECT 'pg_type'::regclass, t.oid, l.id
  FROM left_out l JOIN pg_type t ON t.typrelid = l.id
  UNION ALL SELECT 'pg_type'::regclass, t.typarray, l.id
  FROM left_out l JOIN pg_type t ON t.typrelid = l.id WHERE t.typarray <> 0),
needs AS (
  SELECT d.classid, d.objid, t.relation AS needed, CASE d.classid
    WHEN 'pg_class'::regclass THEN
      coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = d.objid), d.objid)
    WHEN 'pg_constraint'::regclass THEN (SELECT conrelid FROM pg_constraint WHERE oid = d.objid)
    WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite WHERE oid = d.objid)
    WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger WHERE oid = d.objid)
    WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef WHERE oid = d.objid)
    WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy WHERE oid = d.objid)
    WHEN 'pg_statistic_ext'::regclass THEN
      (SELECT stxrelid FROM pg_statistic_ext WHERE oid = d.objid)
    WHEN 'pg_type'::regclass THEN (SELECT nullif(typrelid, 0) FROM pg_type WHERE oid = d.objid)
  END AS relation
  FROM targets t JOIN pg_depend d ON d.refclassid = t.class AND d.refobjid = t.id
  WHERE (d.classid, d.objid) NOT IN (SELECT class, id FROM targets)
    AND d.classid NOT IN ('pg_publication_rel'::regclass, 'pg_extension'::regclass))
SELECT DISTINCT format('%s needs %s', CASE
  WHEN n.relation <> 0 THEN n.relation::regclass::text
  ELSE (SELECT format('%s %s', o.type, o.identity)
        FROM pg_identify_object(n.classid, n.objid, 0) AS o) END, n.needed::regclass)
FROM needs n LEFT JOIN pg_class c ON c.oid = n.relation
WHERE (n.relation IS NULL OR (n.relation NOT IN (SELECT id FROM left_out)
                              AND coalesce(c.relkind, 'r') <> 't'))
ORDER BY 1)";

std::vector<std::string> quoted(const std::vector<Relation>& relations) {
  std::vector<std::string> names;
  for (const auto& each : relations) {
    if (!each.quoted.empty()) names.push_back(each.quoted);
  }
  return names;
}

}  // namespace

std::vector<Relation> sequences_of(SqlSession& session, Run& run,
                                   const std::vector<Relation>& tables) {
  std::vector<Relation> sequences;
  const auto names = quoted(tables);
  if (names.empty()) return sequences;
  for (auto& each : session.ask(run, k_sequences, {array_of(names)}).texts(0)) {
    Relation sequence;
    sequence.name = sequence.quoted = std::move(each);
    sequence.kind = 'S';
    sequences.push_back(std::move(sequence));
  }
  return sequences;
}

std::optional<Error> need_of_left_out(Run& run, SqlSession& session,
                                      const std::vector<Relation>& left_out) {
  const auto names = quoted(left_out);
  if (names.empty()) return std::nullopt;
  const auto needs = session.ask(run, k_needed_by, {array_of(names)}).texts(0);
  if (needs.empty()) return std::nullopt;
  return Error(
      ErrorKind::config,
      fmt::format("selected objects need tables that are left out: {}; nothing was written",
                  fmt::join(needs, ", ")),
      "include both or leave both out: 'snapshot.include', 'snapshot.exclude'");
}

}  // namespace tidegate::engine::postgresql
