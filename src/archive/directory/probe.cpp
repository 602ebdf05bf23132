#include "archive/directory/probe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "archive/directory/trouble.hpp"

namespace tidegate::archive::directory {
namespace {

namespace fs = std::filesystem;

/// No lock file of a database has a space in its name, and listings leave out lock files.
constexpr std::string_view k_probe = ".probe ", k_ending = ".lock";

/// A lock is empty only until its process holds it.
constexpr std::chrono::minutes k_longest_empty{1};

/// The files of one run's probe. The lock says that the run lives: it is made first and removed
/// last. It is a file of its own, for on CIFS no other handle can read a file that is locked.
struct ProbeNames {
  std::string lock, first, second;

  explicit ProbeNames(std::string_view run)
      : lock(fmt::format("{}{}{}", k_probe, run, k_ending)),
        first(fmt::format("{}{} first{}", k_probe, run, k_ending)),
        second(fmt::format("{}{} second{}", k_probe, run, k_ending)) {}

  /// The run whose probe has a file of this name; empty for any other name.
  static std::string_view run_of(std::string_view name) {
    if (!name.starts_with(k_probe) || !name.ends_with(k_ending)) return {};
    name.remove_prefix(k_probe.size());
    return name.substr(0, std::min(name.find(' '), name.size() - k_ending.size()));
  }
  void discard(const Files& files) const {
    for (const auto& name : {second, first, lock}) files.discard(name);
  }
};

/// An open file; -1: it could not be opened.
class ProbeFile {
 public:
  ProbeFile(const fs::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~ProbeFile() {
    if (number_ >= 0) ::close(number_);
  }
  ProbeFile(const ProbeFile&) = delete;
  ProbeFile& operator=(const ProbeFile&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

bool is_dead(const fs::path& lock, SystemTime now) {
  const ProbeFile file(lock, O_RDWR);
  if (file.number() < 0) return errno == ENOENT;
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) return false;
  const SystemTime written{std::chrono::seconds{facts.st_mtime}};
  return facts.st_size > 0 || now - written > k_longest_empty;
}

void clear_abandoned(const Run& run, const Files& files) {
  std::error_code error;
  std::set<std::string> runs;
  for (const auto& entry : fs::directory_iterator(files.directory(), error)) {
    const auto name = entry.path().filename().string();
    if (const auto owner = ProbeNames::run_of(name); !owner.empty()) runs.emplace(owner);
  }
  for (const auto& each : runs) {
    const ProbeNames names(each);
    if (is_dead(files.path(names.lock), run.clock().now())) names.discard(files);
  }
}

void hold(const ProbeFile& lock, const fs::path& path) {
  if (lock.number() < 0) throw trouble(errno, "write", path);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) throw trouble(errno, "lock", path);
  if (::write(lock.number(), "\n", 1) != 1) throw trouble(errno, "write", path);
}

void compare(const Files& files, const std::string& name, const std::string& text) {
  if (files.read(name) == text) return;
  throw Error(ErrorKind::remote,
              fmt::format("'{}' does not hold what was written to it", files.path(name).string()),
              "look at the file system's own log; archives there could not be trusted");
}

}  // namespace

std::optional<WideMode> probe(Run& run, const Files& place) {
  clear_abandoned(run, place);
  const ProbeNames names(run.id());
  struct Clear {
    const Files& place;
    const ProbeNames& names;
    ~Clear() { names.discard(place); }
  } const clear{place, names};
  const auto path = place.path(names.lock);
  const ProbeFile lock(path, O_RDWR | O_CREAT | O_EXCL);
  hold(lock, path);
  const Files files(place.directory(),
                    [&place](std::string_view step) { place.before("probe", step); });
  const auto text = fmt::format("run {}\n", run.id());
  files.write_new(names.first, text);
  auto wide = files.seal(names.first);
  if (!files.rename_new(names.first, names.second)) {
    throw trouble(EEXIST, "rename", place.path(names.first));
  }
  files.sync();
  compare(files, names.second, text);
  files.remove(names.second);
  return wide;
}

}  // namespace tidegate::archive::directory
