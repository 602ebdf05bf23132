#include "engine/postgresql/copy/checksum.hpp"

#include <fmt/format.h>

namespace tidegate::engine::postgresql {
namespace {

std::string right_to_read(const Relation& relation) {
  return fmt::format("SELECT on '{}'", relation.name);
}

}  // namespace

std::string_view PartSum::add(std::string_view line, const Relation& relation) {
  if (relation.kind == 'L') {
    const auto read = large_object_line(line);
    rows.add(read.text, read.is_first ? 1 : 0, read.bytes);
    return {};
  }
  rows.add(line);
  const auto written = written_part(line, relation);
  if (relation.computed != 0) inputs.add(written);
  return written;
}

void PartSum::add(const PartSum& other) {
  rows.add(other.rows);
  inputs.add(other.inputs);
}

PartReader::PartReader(Run& run, SqlSession& session, const Relation& relation,
                       const TablePart& part, const std::string& search_path)
    : run_(run),
      session_(session),
      with_path_(relation.calls_functions && is_planned(relation, part)) {
  if (with_path_) set_path(search_path);
  reader_.emplace(run, session, reading_statement(relation, part), right_to_read(relation));
}

std::optional<std::string_view> PartReader::next() {
  auto row = reader_->next();
  if (!row && with_path_) set_path("");
  return row;
}

void PartReader::set_path(const std::string& path) {
  session_.ask(run_, "SELECT pg_catalog.set_config('search_path', $1, true)", {path});
}

PartSum sum_up(Run& run, SqlSession& session, const Relation& relation, const TablePart& part,
               const std::string& search_path) {
  PartSum sum;
  PartReader reader(run, session, relation, part, search_path);
  while (const auto line = reader.next()) sum.add(*line, relation);
  return sum;
}

Checksum count_up(SqlSession& session, Run& run, const Relation& relation) {
  if (!relation.has_rows()) return {};
  const auto from = relation.kind == 'L' ? std::string("pg_catalog.pg_largeobject_metadata")
                                         : "ONLY " + relation.quoted;
  const auto rows = session.ask(run, fmt::format("SELECT pg_catalog.count(*) FROM {}", from), {},
                                right_to_read(relation));
  return {rows.number(0, 0), Bytes{}, {}, {}};
}

Checksum checksum_of(const Relation& relation, const PartSum& sum) {
  if (relation.is_view() && !relation.has_rows()) return {};
  return {sum.rows.rows(), sum.rows.bytes(), sum.rows.text(),
          relation.computed == 0 ? std::string() : sum.inputs.text()};
}

void note_sum(Content& content, const Checksum& sum) {
  content.documents = sum.documents;
  content.bytes = sum.bytes;
  content.checksum = sum.checksum;
  content.input_checksum = sum.inputs;
}

bool is_comparable(const std::string& checksum) { return checksum.starts_with(RowSum::k_form); }

}  // namespace tidegate::engine::postgresql
