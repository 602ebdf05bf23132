#pragma once

/// The configuration of seed data for previews and targets, resolved and typed. Built by config.

#include <string>

namespace tidegate {

/// The source of seed data, for a preview that is not filled from the snapshot: a command or a
/// file; the application where neither is given.
struct SeedPlan {
  std::string command;  ///< for `/bin/sh -c`
  std::string file;     ///< of SQL, or a directory of JSON and BSON
  bool by_application() const { return command.empty() && file.empty(); }
};

/// The source that fills a named target.
enum class TargetSource { snapshot, seed };

}  // namespace tidegate
