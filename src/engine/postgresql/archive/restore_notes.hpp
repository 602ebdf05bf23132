#pragma once

/// The notes beside an archive, from which its restore is planned: DumpFacts as JSON.

#include <string>
#include <vector>

#include "engine/postgresql/copy/copy_plan.hpp"

namespace tidegate::engine::postgresql {

/// For whom a restore was planned when the archive was made, and what it would go without.
struct RestoredBy {
  std::string role;
  bool superuser = false;
  std::vector<std::string> left_out;
};

/// `by` is for people; facts_in() does not read it.
std::string notes_of(const DumpFacts& facts, const RestoredBy& by);

/// @throws Error verification: it is no such text.
DumpFacts facts_in(const std::string& notes);

}  // namespace tidegate::engine::postgresql
