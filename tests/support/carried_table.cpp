#include "support/carried_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace tidegate::test {
namespace {

std::string cell(const Fates& fates) {
  if (fates.database.empty()) return "archive: " + fates.archive;
  if (fates.archive.empty()) return "database: " + fates.database;
  if (fates.database == fates.archive) return fates.database;
  return fmt::format("database: {}; archive: {}", fates.database, fates.archive);
}

std::string row(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string kind_in(const std::string& line) { return line.substr(0, line.find(" | ")); }

/// The rows of a table by their kinds, without its heading.
std::map<std::string, std::string> rows_by_kind(const std::string& table) {
  std::map<std::string, std::string> rows;
  const auto lines = lines_of(table);
  for (std::size_t i = 2; i < lines.size(); ++i) rows[kind_in(lines[i])] = lines[i];
  return rows;
}

}  // namespace

void CarriedTable::set(const std::string& kind, const std::string& producer, Fates fates) {
  if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end()) kinds_.push_back(kind);
  fates_[{kind, producer}] = std::move(fates);
}

std::string CarriedTable::text() const {
  std::vector<std::string> heading{"object"}, rule{"---"};
  for (const auto& producer : producers_) {
    heading.push_back(producer);
    rule.push_back("---");
  }
  auto text = row(heading) + fmt::format("|{}|\n", fmt::join(rule, "|"));
  for (const auto& kind : kinds_) {
    std::vector<std::string> cells{kind};
    for (const auto& producer : producers_) cells.push_back(cell(fates_.at({kind, producer})));
    text += row(cells);
  }
  return text;
}

std::string table_of_the_guide(const std::map<int, std::string>& tables) {
  if (tables.empty()) return {};
  const auto& [newest, base] = *tables.rbegin();
  const auto rows = rows_by_kind(base);
  std::map<std::string, std::vector<int>> others;  // line of another version -> its majors
  for (const auto& [major, table] : tables) {
    for (const auto& [kind, line] : rows_by_kind(table)) {
      const auto same = rows.find(kind);
      if (same == rows.end() || same->second != line) others[line].push_back(major);
    }
  }
  if (others.empty()) return base;
  const auto heading = lines_of(base);
  auto text = base + "\nOn other versions than " + std::to_string(newest) + ":\n\n";
  text += heading[0] + " version |\n" + heading[1] + "---|\n";
  for (const auto& [line, majors] : others) {
    text += fmt::format("{} {} |\n", line, fmt::join(majors, ", "));
  }
  return text;
}

}  // namespace tidegate::test
