#include "archive/directory/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "archive/directory/trouble.hpp"
#include "archive/name.hpp"
#include "base/utc.hpp"

namespace tidegate::archive::directory {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds k_look_again{200};

std::string this_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "this host";
}

class FileLock final : public Lock {
 public:
  FileLock(fs::path path, std::string database)
      : path_(std::move(path)),
        database_(std::move(database)),
        descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (descriptor_ < 0) throw trouble(errno, "lock", path_);
  }
  ~FileLock() override {
    if (held_) say("");
    ::close(descriptor_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  bool try_lock(const Run& run) {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK || errno == EINTR) return false;
      throw trouble(errno, "lock", path_);
    }
    if (!in_place()) return false;  // the opened file was removed meanwhile
    held_ = true;
    say(fmt::format("run {}, process {} on {}, since {}\n", run.id(), ::getpid(), this_host(),
                    to_second(run.clock().now())));
    return true;
  }

  bool in_place() const {
    struct stat mine {};
    struct stat there {};
    return ::fstat(descriptor_, &mine) == 0 && ::lstat(path_.c_str(), &there) == 0 &&
           mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
  }

  std::string holder() const {
    std::array<char, 512> text{};
    const auto count = ::pread(descriptor_, text.data(), text.size() - 1, 0);
    const std::string_view said(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    return said.empty() ? "another run" : std::string(said.substr(0, said.find('\n')));
  }

  void confirm(Run& run) override {
    run.check();
    if (in_place()) return;
    throw Error(ErrorKind::conflict,
                fmt::format("the lock on the archives of '{}' was lost: '{}' was removed",
                            database_, path_.string()),
                "leave lock files alone; run the command again");
  }

 private:
  /// Information for people; the lock does not depend on it.
  void say(std::string_view text) const {
    if (::ftruncate(descriptor_, 0) != 0) return;
    static_cast<void>(::pwrite(descriptor_, text.data(), text.size(), 0) < 0);
  }
  fs::path path_;
  std::string database_;
  int descriptor_;
  bool held_ = false;
};

}  // namespace

std::string lock_name(const std::string& database) {
  return fmt::format(".{}.lock", encoded(database));
}

std::unique_ptr<Lock> take_lock(Run& run, const fs::path& directory, const std::string& database,
                                milliseconds wait) {
  for (auto left = wait;; left -= k_look_again) {
    run.check();
    auto lock = std::make_unique<FileLock>(directory / lock_name(database), database);
    if (lock->try_lock(run)) return lock;
    if (left <= milliseconds{0}) {
      throw Error(ErrorKind::conflict,
                  fmt::format("the archives of '{}' in '{}' are being written by {}", database,
                              directory.string(), lock->holder()),
                  "wait for it, or allow waiting with --wait");
    }
    run.sleep(std::min(left, k_look_again));
  }
}

}  // namespace tidegate::archive::directory
