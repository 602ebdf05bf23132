#pragma once

/// Files of SQLite's that only their user may read.

#include <string>
#include <string_view>

namespace tidegate::journal {

/// What a file is for, in messages.
struct Purpose {
  std::string_view name;  ///< `the journal`
  std::string_view key;   ///< `journal`, of the configuration
};

/// Makes it where there is none, since SQLite would make it readable for all; its -wal and -shm
/// take the same mode. @throws Error config: its folder is missing, or this user cannot write it.
void make_private(const std::string& path, const Purpose& purpose);

}  // namespace tidegate::journal
