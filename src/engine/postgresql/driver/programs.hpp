#pragma once

/// Finds pg_dump and pg_restore on this machine, and reads their versions and features.

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

/// `pg_dump (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`. Major 0: not a program of PostgreSQL.
ClientVersion read_version(std::string_view line);

/// One pg_dump and the pg_restore beside it.
struct Programs {
  std::string pg_dump, pg_restore;  ///< paths
  ClientVersion version;
  bool zstd = false;  ///< archives can be compressed with it
};

/// The folders that may hold them: Debian's, the PGDG packages', and those of the PATH.
std::vector<std::filesystem::path> program_folders();

/// The newest of them; from the earlier folder where two have the same version.
/// @throws Error config: none is installed; the hint names the package.
Programs find_programs(Run& run,
                       const std::vector<std::filesystem::path>& folders = program_folders());

/// `server_version`: 150020. @throws Error config: the programs are older than the server, and
/// would refuse it; names both versions and the package to install.
void require_as_new_as(const Programs& programs, int server_version);

}  // namespace tidegate::engine::postgresql
