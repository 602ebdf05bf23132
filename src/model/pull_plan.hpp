#pragma once

/// What the configuration asks of previews besides filling them, resolved and typed. Built by
/// config.

#include <string>

namespace tidegate {

/// Who makes the data of a preview that is not filled from the snapshot. At most one is given.
struct SeedPlan {
  std::string command;  ///< for `/bin/sh -c`
  std::string file;     ///< of SQL, or a directory of JSON and BSON
  bool by_application() const { return command.empty() && file.empty(); }
};

/// What fills a named target.
enum class TargetSource { snapshot, seed };

}  // namespace tidegate
