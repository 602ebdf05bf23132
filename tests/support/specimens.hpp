#pragma once

/// One object of each kind that a production may hold, and the question that tells whether a copy
/// has it. Names in braces are roles: `{app}` owns production, `{bi}` and `{reader}` are others,
/// `{gone}` is dropped before an archive is restored, `{producer}` takes snapshots.

#include <string>
#include <vector>

namespace tidegate::test {

struct Specimen {
  std::string kind;   ///< for people: `event triggers`
  std::string setup;  ///< SQL that makes it in production
  /// SQL whose text is the same in a copy that has it, and empty in one without.
  std::string probe;
  std::string words;      ///< stand in each line of the program about it, and in no other line
  std::string undo = {};  ///< SQL that takes it away from production again
  enum class Maker { app, superuser } maker = Maker::app;
  int since = 13, before = 99;  ///< majors on which there can be such a thing
  /// The program learns it when the copy is made; `check` cannot know.
  bool found_late = false;
};

/// Of this major, in the order in which they are made.
std::vector<Specimen> specimens_for(int version);

/// Its parts: tables, types, views, functions; then what extensions bring, rights, the database.
std::vector<Specimen> schema_specimens();
std::vector<Specimen> rights_specimens();
/// One list of several.
std::vector<Specimen> joined(std::vector<std::vector<Specimen>> lists);

}  // namespace tidegate::test
