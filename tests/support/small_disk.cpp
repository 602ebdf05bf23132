#include "support/small_disk.hpp"

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace tidegate::test {
namespace {

constexpr auto k_ballast = "ballast";

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path directory, std::int64_t bytes)
    : directory_(std::move(directory)) {
  std::filesystem::create_directories(directory_);
  const auto size = "mode=0755,size=" + std::to_string(bytes);
  if (::mount("tidegate-test", directory_.c_str(), "tmpfs", 0, size.c_str()) != 0) {
    why_not_ = std::string(
                   "no small disk to fill: mounting one needs root and a machine that "
                   "allows it: ") +
               std::strerror(errno);
  }
}

SmallDisk::~SmallDisk() {
  if (why_not_.empty()) ::umount2(directory_.c_str(), MNT_DETACH);
}

std::int64_t SmallDisk::free_bytes() const {
  return static_cast<std::int64_t>(std::filesystem::space(directory_).available);
}

void SmallDisk::fill_but(std::int64_t bytes) const {
  const auto size = free_bytes() - bytes;
  if (size > 0) {
    std::ofstream(directory_ / k_ballast) << std::string(static_cast<std::size_t>(size), 'x');
  }
}

void SmallDisk::make_room() const { std::filesystem::remove(directory_ / k_ballast); }

}  // namespace tidegate::test
