#include "engine/postgresql/driver/memory_file.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/child.hpp"
#include "base/errno_kind.hpp"

namespace tidegate::engine::postgresql {
namespace {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

MemoryFile::MemoryFile(const char* name, const std::string& text)
    : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
  // Other users cannot reach it through /proc whatever its mode; so a sandbox that refuses the call
  // does no harm.
  if (descriptor_ >= 0) static_cast<void>(::fchmod(descriptor_, 0600) == 0);
  if (descriptor_ >= 0 && write_all(descriptor_, text)) return;
  const int number = errno;
  if (descriptor_ >= 0) ::close(descriptor_);
  throw Error(kind_of_errno(number),
              fmt::format("cannot make a file in memory: {}", std::strerror(number)));
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string MemoryFile::path_for_child(int index) {
  return fmt::format("/proc/self/fd/{}", k_first_handed_down + index);
}

}  // namespace tidegate::engine::postgresql
