#pragma once

/// Which pg_dump and pg_restore there are, and what they can do.

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/run.hpp"

namespace tidegate::engine::postgresql {

struct ClientVersion {
  int major = 0, minor = 0;
  std::string text;  ///< `15.13`, `18beta1`
  friend bool operator<(const ClientVersion& a, const ClientVersion& b) {
    return std::pair(a.major, a.minor) < std::pair(b.major, b.minor);
  }
};

/// `pg_dump (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`. Major 0: it is none of PostgreSQL's.
ClientVersion read_version(std::string_view line);

/// One pg_dump and the pg_restore beside it.
struct Programs {
  std::string pg_dump, pg_restore;  ///< paths
  ClientVersion version;
  bool zstd = false;  ///< archives can be compressed with it
};

/// The folders that may hold them: those of Debian's and of the PGDG's packages, and the PATH's.
std::vector<std::filesystem::path> program_folders();

/// The newest of them; the earlier folder where two are equally new.
/// @throws Error config: there are none, with the package to install.
Programs find_programs(Run& run,
                       const std::vector<std::filesystem::path>& folders = program_folders());

/// `server_version`: 150020. @throws Error config: the programs are older than the server, which
/// they would refuse; names both and the package to install.
void require_as_new_as(const Programs& programs, int server_version);

}  // namespace tidegate::engine::postgresql
