#include "support/schema_dump.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "support/program.hpp"

namespace tidegate::test {
namespace {

constexpr std::string_view k_heading = "-- Name: ";

/// Lines that depend on the program, not on the database.
bool is_frame(const std::string& line) {
  return line.empty() || line.starts_with("--") || line.starts_with("\\restrict") ||
         line.starts_with("\\unrestrict");
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

bool is_exception(const std::string& heading, const std::vector<std::string>& exceptions) {
  return std::any_of(exceptions.begin(), exceptions.end(), [&](const std::string& each) {
    return heading.find(each) != std::string::npos;
  });
}

void add_missing(const SchemaDump& from, const SchemaDump& in, const std::string& sign,
                 const std::vector<std::string>& exceptions, std::vector<std::string>& lines) {
  for (const auto& [heading, statements] : from.entries) {
    const auto other = in.entries.find(heading);
    if (other != in.entries.end() && other->second == statements) continue;
    if (is_exception(heading, exceptions)) continue;
    std::string text = sign + heading;
    for (const auto& each : statements) text += "\n  " + each;
    lines.push_back(std::move(text));
  }
}

}  // namespace

std::set<std::string> SchemaDump::types() const {
  std::set<std::string> types;
  for (const auto& [heading, statements] : entries) {
    const auto begin = heading.rfind("; Type: ") + 8;
    types.insert(heading.substr(begin, heading.find(';', begin) - begin));
  }
  return types;
}

SchemaDump SchemaDump::renamed(const std::string& from, const std::string& to) const {
  SchemaDump result;
  for (const auto& [old, lines] : entries) {
    auto heading = old;
    auto statements = lines;
    replace_all(heading, from, to);
    for (auto& each : statements) replace_all(each, from, to);
    std::sort(statements.begin(), statements.end());
    result.entries[heading] = std::move(statements);
  }
  return result;
}

SchemaDump schema_dump(const PostgresServer& server, const std::string& database) {
  const TempDir logs("dump");
  const auto outcome = run({{(server.programs() / "pg_dump").string(), "--schema-only",
                             "--dbname=" + server.uri_of(database)}},
                           logs.path());
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  SchemaDump dump;
  std::vector<std::string>* entry = nullptr;
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(k_heading)) entry = &dump.entries[line.substr(3)];
    if (entry != nullptr && !is_frame(line)) entry->push_back(line);
  }
  for (auto& [heading, statements] : dump.entries) std::sort(statements.begin(), statements.end());
  return dump;
}

std::vector<std::string> differences(const SchemaDump& expected, const SchemaDump& found,
                                     const std::vector<std::string>& exceptions) {
  std::vector<std::string> lines;
  add_missing(expected, found, "- ", exceptions, lines);
  add_missing(found, expected, "+ ", exceptions, lines);
  return lines;
}

}  // namespace tidegate::test
