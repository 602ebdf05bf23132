#pragma once

/// A directory for what is needed for a while only, in TMPDIR, readable by its user alone. Gone
/// with this object; what processes that died have left there is cleared when another of the same
/// purpose is made.

#include <filesystem>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate {

/// TMPDIR, else /tmp.
std::filesystem::path scratch_place();
Bytes free_in_scratch_place();

class ScratchDirectory {
 public:
  /// `tidegate-<purpose>-XXXXXX`. @throws Error permission, no_space, remote: it cannot be made
  /// there.
  explicit ScratchDirectory(std::string_view purpose);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int held_ = -1;  // a lock that tells others that we live
};

}  // namespace tidegate
