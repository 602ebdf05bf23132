#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tidegate::bench {

struct ChildResult {
  int exit_code = 0;  ///< 128 + number when killed by a signal
  double seconds = 0;
  double cpu_seconds = 0;           ///< user and system, children it waited for included
  double own_cpu_seconds = 0;       ///< without them
  std::int64_t peak_rss_bytes = 0;  ///< VmHWM as last seen
  std::string out, err;
};

/// Runs a program to its end. Its output goes through files in `directory`. It dies with this one.
ChildResult run_child(std::vector<std::string> argv, const std::map<std::string, std::string>& env,
                      const std::filesystem::path& directory);

/// Whether the PATH has a program of this name.
bool on_path(const std::string& program);

}  // namespace tidegate::bench
