#pragma once

/// A directory for one archive on its way to or from the store, in TMPDIR. Gone with this object;
/// what processes that died have left there is cleared when another is made.

#include <filesystem>

#include "base/bytes.hpp"

namespace tidegate::archive::s3 {

/// TMPDIR, else /tmp.
std::filesystem::path scratch_place();
Bytes free_in_scratch_place();

class Scratch {
 public:
  /// @throws Error permission, no_space, remote: it cannot be made there.
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int held_ = -1;  // a lock that tells others that we live
};

}  // namespace tidegate::archive::s3
