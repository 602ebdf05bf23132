#pragma once

/// Keeps an archive that is read from being removed, by flock(2) on the archive itself, which the
/// kernel gives back when the process dies.

#include <filesystem>

namespace tidegate::archive::directory {

/// Readers share it, who removes has it alone; nobody waits. Where it cannot be had (no such locks
/// on that file system, no right to open the file) it is as if nobody else were there.
class Hold {
 public:
  enum class As { reader, remover };
  Hold(const std::filesystem::path& archive, As as);
  ~Hold();
  Hold(Hold&& other) noexcept;
  Hold& operator=(Hold&&) = delete;
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  /// Somebody of the other kind has it, or another who removes.
  bool refused() const noexcept { return refused_; }

 private:
  int descriptor_;
  bool refused_ = false;
};

}  // namespace tidegate::archive::directory
