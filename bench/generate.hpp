#pragma once

/// bench: measurements against peers, on any server. Nothing of it is in the program. This file:
/// production as a real team has it (eleven collections, mixed types, nested documents, a few large
/// collections and many small ones), the same for the same seed.

#include <cstdint>
#include <string>
#include <vector>

namespace tidegate::bench {

struct DataSet {
  std::int64_t bytes = 200'000'000;  ///< of all documents together, within a few per cent
  std::uint64_t seed = 1;
  int threads = 2;
  bool indexes = true;  ///< secondary ones: unique, partial, compound, multikey, descending
  bool views = true;    ///< two, one of them over the other
};

struct Generated {
  std::int64_t documents = 0;
  std::int64_t bytes = 0;
};

/// The eleven, as production names them.
const std::vector<std::string>& collection_names();

/// Drops the database and fills it. @throws std::runtime_error in the server's words.
Generated generate(const std::string& uri, const std::string& database, const DataSet& data);

}  // namespace tidegate::bench
