#pragma once

/// The notes beside an archive, from which its restore is planned: DumpFacts as JSON.

#include <string>
#include <vector>

#include "engine/postgresql/copy/copy_plan.hpp"

namespace tidegate::engine::postgresql {

/// The role that the restore was planned for when the archive was made, and the entries that this
/// restore would leave out.
struct RestoredBy {
  std::string role;
  bool superuser = false;
  std::vector<std::string> left_out;
};

/// `by` is for people; facts_in() does not read it.
std::string notes_of(const DumpFacts& facts, const RestoredBy& by);

/// @throws Error verification: the text cannot be parsed.
DumpFacts facts_in(const std::string& notes);

}  // namespace tidegate::engine::postgresql
