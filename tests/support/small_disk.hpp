#pragma once

/// A file system of a few megabytes, which is soon full.

#include <cstdint>
#include <filesystem>
#include <string>

namespace tidegate::test {

/// Mounted at a directory, which it makes, for as long as this lives. Only root may.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path directory, std::int64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  /// Empty where it is there; else why it could not be mounted.
  const std::string& why_not() const { return why_not_; }
  const std::filesystem::path& path() const { return directory_; }
  std::int64_t free_bytes() const;
  /// A file that leaves this much free; none where less is free already.
  void fill_but(std::int64_t bytes) const;
  /// Without it again.
  void make_room() const;

 private:
  std::filesystem::path directory_;
  std::string why_not_;
};

/// The first line of a test that needs a disk of its own; skips it, and says why, without one.
#define TIDEGATE_NEEDS_SMALL_DISK(disk, directory, bytes)   \
  const ::tidegate::test::SmallDisk disk(directory, bytes); \
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();

}  // namespace tidegate::test
