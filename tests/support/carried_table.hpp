#pragma once

/// The table of the guide that says what becomes of each kind of object in a copy: written by a
/// test on each major of PostgreSQL, and put together for the page.

#include <map>
#include <string>
#include <vector>

namespace tidegate::test {

/// `carried`, `changed and named`, `left out and named`, `refused`; empty where it does not apply.
struct Fates {
  std::string database, archive;
};

class CarriedTable {
 public:
  explicit CarriedTable(std::vector<std::string> producers) : producers_(std::move(producers)) {}
  void set(const std::string& kind, const std::string& producer, Fates fates);
  /// In Markdown, with a heading.
  std::string text() const;

 private:
  std::vector<std::string> producers_;
  std::vector<std::string> kinds_;  // in the order in which they came
  std::map<std::pair<std::string, std::string>, Fates> fates_;
};

/// Of tables by their major: the newest one, and the rows in which others differ from it as a
/// second table; nothing of the second one where none does.
std::string table_of_the_guide(const std::map<int, std::string>& tables);

}  // namespace tidegate::test
