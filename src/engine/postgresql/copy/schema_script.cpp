#include "engine/postgresql/copy/schema_script.hpp"

#include <fmt/format.h>

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_npos = std::string_view::npos;
constexpr std::string_view k_heading = "-- Name: ";
constexpr std::string_view k_access_method = "SET default_table_access_method = ";

/// `t; Type: TABLE; Schema: app; Owner: shop`. Parsed from its end: a name may hold anything.
bool read_heading(std::string_view line, SchemaEntry& entry) {
  const auto take_last = [&](std::string_view mark) {
    const auto at = line.rfind(mark);
    if (at == k_npos) return std::string();
    std::string value(line.substr(at + mark.size()));
    line = line.substr(0, at);
    return value == "-" ? std::string() : value;
  };
  take_last("; Tablespace: ");
  entry.owner = take_last("; Owner: ");
  entry.schema = take_last("; Schema: ");
  entry.type = take_last("; Type: ");
  entry.name = line;
  return !entry.type.empty();
}

/// Lines of the script itself, which belong to no entry.
bool is_between(std::string_view line) {
  return line.empty() || line.starts_with("--") || line.starts_with("\\restrict ") ||
         line.starts_with("\\unrestrict ") || line.starts_with("SET default_");
}

std::string_view last_line(std::string_view text) {
  const auto end = text.substr(0, text.size() - 1).rfind('\n');
  return text.substr(end == k_npos ? 0 : end + 1);
}

bool holds_rows(const std::string& type) { return type == "TABLE" || type == "MATERIALIZED VIEW"; }

/// `-- DumpResult from database version 15.13 (Debian 15.13-0)` → `15.13`
std::string version_in(std::string_view line, std::string_view begins) {
  if (!line.starts_with(begins)) return {};
  line.remove_prefix(begins.size());
  return std::string(line.substr(0, line.find(' ')));
}

}  // namespace

std::string SchemaEntry::label() const {
  return schema.empty() ? fmt::format("{} {}", type, name)
                        : fmt::format("{} {}.{}", type, schema, name);
}

void SchemaCutter::add(std::string_view chunk) {
  for (auto end = chunk.find('\n'); end != k_npos; end = chunk.find('\n')) {
    line_ += chunk.substr(0, end);
    add_line(line_);
    line_.clear();
    chunk.remove_prefix(end + 1);
  }
  line_ += chunk;
}

void SchemaCutter::finish() {
  if (!line_.empty()) add_line(line_);
  line_.clear();
  end_entry();
}

void SchemaCutter::add_line(std::string_view line) {
  const bool begins = after_rule_ && line.starts_with(k_heading);
  after_rule_ = line == "--";
  SchemaEntry next;
  if (begins && read_heading(line.substr(k_heading.size()), next)) {
    end_entry();
    entry_ = std::move(next);
    in_entry_ = true;
    return;
  }
  if (const auto server = version_in(line, "-- Dumped from database version "); !server.empty()) {
    versions_ = "server " + server;
  } else if (const auto client = version_in(line, "-- Dumped by pg_dump version ");
             !client.empty()) {
    versions_ += ", pg_dump " + client;
  }
  entry_.text.append(line).append("\n");
}

/// pg_dump writes a setting right before the heading of the table that needs it.
void SchemaCutter::take_setting(std::string_view line) {
  if (!line.starts_with(k_access_method)) return;
  line.remove_prefix(k_access_method.size());
  access_method_ = line.substr(0, line.find(';'));
}

void SchemaCutter::end_entry() {
  auto& text = entry_.text;
  std::string between;
  while (!text.empty()) {
    auto line = last_line(text);
    const auto size = line.size();
    line.remove_suffix(1);
    if (!is_between(line)) break;
    between.insert(0, std::string(line) + "\n");
    text.resize(text.size() - size);
  }
  std::string_view begins = text;
  while (begins.starts_with("--\n") || begins.starts_with("\n")) {
    begins.remove_prefix(begins.find('\n') + 1);
  }
  text.erase(0, text.size() - begins.size());
  if (in_entry_) {
    if (holds_rows(entry_.type)) text += fmt::format("USING {}\n", access_method_);
    found_(entry_);
  }
  for (std::string_view rest = between; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    take_setting(rest.substr(0, rest.find('\n')));
  }
  entry_ = {};
  in_entry_ = false;
}

}  // namespace tidegate::engine::postgresql
