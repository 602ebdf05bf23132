#include "archive/directory/probe.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "archive/directory/trouble.hpp"

namespace tidegate::archive::directory {
namespace {

namespace fs = std::filesystem;

/// No lock file of a database has a space in its name, and listings leave out lock files.
constexpr std::string_view k_probe = ".probe ", k_ending = ".lock";

/// A probe is empty only until its process has locked it.
constexpr std::chrono::minutes k_longest_empty{1};

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

/// Whether the process that made the probe is dead: it held a lock on it as long as it lived.
bool is_abandoned(const fs::path& path, SystemTime now) {
  const ProbeFile file(path, O_RDWR);
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return false;
  }
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) return false;
  const SystemTime written{std::chrono::seconds{facts.st_mtime}};
  return facts.st_size > 0 || now - written > k_longest_empty;
}

void clear_abandoned(const Run& run, const Files& files) {
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(files.directory(), error)) {
    auto name = entry.path().filename().string();
    if (name.starts_with(k_probe) && name.ends_with(k_ending)) names.push_back(std::move(name));
  }
  for (const auto& name : names) {
    if (is_abandoned(files.path(name), run.clock().now())) files.discard(name);
  }
}

/// The probe's files; the destructor removes them.
struct ProbeNames {
  const Files& files;
  std::string first, second;

  ProbeNames(const Files& in, const std::string& run)
      : files(in),
        first(fmt::format("{}{}{}", k_probe, run, k_ending)),
        second(fmt::format("{}{} renamed{}", k_probe, run, k_ending)) {}
  ~ProbeNames() {
    files.discard(first);
    files.discard(second);
  }
  ProbeNames(const ProbeNames&) = delete;
  ProbeNames& operator=(const ProbeNames&) = delete;
};

void write(const ProbeFile& file, const std::string& text, const fs::path& path) {
  if (file.number() < 0) throw trouble(errno, "write", path);
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) throw trouble(errno, "lock", path);
  const auto count = ::write(file.number(), text.data(), text.size());
  if (count < 0) throw trouble(errno, "write", path);
  if (static_cast<std::size_t>(count) != text.size()) throw trouble(ENOSPC, "write", path);
  if (::fsync(file.number()) != 0) throw trouble(errno, "write", path);
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
  const Files files(place.directory(),
                    [&place](std::string_view step) { place.before("probe", step); });
  const ProbeNames names(files, run.id());
  files.before("write", names.first);
  const auto path = files.path(names.first);
  const ProbeFile file(path, O_RDWR | O_CREAT | O_EXCL);
  const auto text = fmt::format("run {}\n", run.id());
  write(file, text, path);
  auto wide = files.seal(names.first);
  if (!files.rename_new(names.first, names.second)) throw trouble(EEXIST, "rename", path);
  files.sync();
  compare(files, names.second, text);
  files.remove(names.second);
  return wide;
}

}  // namespace tidegate::archive::directory
