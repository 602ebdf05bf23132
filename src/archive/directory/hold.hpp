#pragma once

/// Keeps an archive from being removed while it is read, with flock(2) on the archive itself. The
/// kernel releases it when the process dies.

#include <filesystem>

namespace tidegate::archive::directory {

/// Readers share the lock, a remover holds it alone, and nothing waits for it. Where the lock
/// cannot be taken (the file system has no such locks, or this user may not open the file), it is
/// as if no other process held it.
class ArchiveHold {
 public:
  enum class As { reader, remover };
  ArchiveHold(const std::filesystem::path& archive, As as);
  ~ArchiveHold();
  ArchiveHold(ArchiveHold&& other) noexcept;
  ArchiveHold& operator=(ArchiveHold&&) = delete;
  ArchiveHold(const ArchiveHold&) = delete;
  ArchiveHold& operator=(const ArchiveHold&) = delete;

  /// Another process holds it: a reader against a remover, or a remover against both.
  bool refused() const noexcept { return refused_; }

 private:
  int descriptor_;
  bool refused_ = false;
};

}  // namespace tidegate::archive::directory
