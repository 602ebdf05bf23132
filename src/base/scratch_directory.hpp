#pragma once

/// A private temporary directory in TMPDIR, readable by its user only. The destructor removes it.
/// Creating one also removes the directories that dead processes left for the same purpose.

#include <filesystem>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate {

/// The directory for temporary files: TMPDIR, otherwise /tmp.
std::filesystem::path scratch_place();
Bytes free_in_scratch_place();

class ScratchDirectory {
 public:
  /// Creates `tidegate-<purpose>-XXXXXX`.
  /// @throws Error permission, no_space, remote: it cannot be created there.
  explicit ScratchDirectory(std::string_view purpose);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int held_ = -1;  // a lock that shows that this process lives
};

}  // namespace tidegate
