#include "archive/directory/trouble.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.hpp"

namespace tidegate::archive::directory {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_look_at_mount =
    "the file system refuses it: look at the options of its mount (a share that is read-only, "
    "root_squash of NFS, uid and file_mode of CIFS), at its flags (lsattr), and at policies of the "
    "system (SELinux, AppArmor)";

fs::path nearest_directory(fs::path path) {
  struct stat facts {};
  while (path.has_relative_path() &&
         (::stat(path.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode))) {
    path = path.parent_path();
  }
  return path.empty() ? fs::path(".") : path;
}

/// The path whose owner prevents the access: the file itself when its directory is writable.
fs::path culprit(const fs::path& path) {
  const auto directory = nearest_directory(path);
  struct stat facts {};
  const bool usable = ::access(directory.c_str(), W_OK | X_OK) == 0;
  return usable && ::lstat(path.c_str(), &facts) == 0 ? path : directory;
}

Error no_permission(std::string_view what, const fs::path& path) {
  const auto whose = culprit(path);
  struct stat facts {};
  const auto known = ::stat(whose.c_str(), &facts) == 0;
  const auto owner = known ? fmt::format("belongs to user {}, group {}, mode {:04o}", facts.st_uid,
                                         facts.st_gid, facts.st_mode & 07777U)
                           : std::string("cannot be read");
  // Another owner would change nothing where this user owns it, or is root.
  const bool is_mount = ::geteuid() == 0 || (known && facts.st_uid == ::geteuid());
  return {ErrorKind::permission,
          fmt::format("{}: permission denied: this process is user {}, group {}, and '{}' {}", what,
                      ::geteuid(), ::getegid(), whose.string(), owner),
          is_mount ? std::string(k_look_at_mount)
                   : fmt::format("let it write there: 'chown {} {}' (for a bind mount: on the "
                                 "host, the directory that is mounted)",
                                 ::geteuid(), whose.string())};
}

Error full(std::string_view what, const fs::path& path, std::string_view why) {
  const auto directory = nearest_directory(path);
  struct statvfs facts {};
  std::string sizes = "sizes unknown";
  if (::statvfs(directory.c_str(), &facts) == 0) {
    const auto size = [&](auto blocks) {
      return to_text(Bytes{static_cast<std::int64_t>(blocks * facts.f_frsize)});
    };
    sizes = fmt::format("{} of {} free", size(facts.f_bavail), size(facts.f_blocks));
  }
  return {ErrorKind::no_space, fmt::format("{}: {} ({})", what, why, sizes),
          "free some space there, or keep fewer archives; the existing archives are intact"};
}

}  // namespace

Error trouble(int number, std::string_view doing, const fs::path& path) {
  const auto what = fmt::format("cannot {} '{}'", doing, path.string());
  switch (number) {
    case EACCES:
    case EPERM:
      return no_permission(what, path);
    case EROFS:
      return {ErrorKind::permission, what + ": the file system is mounted read-only",
              "mount it so that it can be written"};
    case ENOSPC:
      return full(what, path, "no space is left");
    case EDQUOT:
      return full(what, path, fmt::format("the quota of user {} is used up", ::geteuid()));
    case ENOLCK:
    case ENOSYS:
    case ENOTSUP:
      return {
          ErrorKind::config,
          fmt::format("{}: the file system there cannot do that ({})", what, std::strerror(number)),
          "mount it so that it can (NFS: version 4, or with its lock service), or keep archives "
          "on another file system or in an object store: 'snapshot.directory: "
          "s3://bucket/prefix'"};
    case ENOTDIR:
      return {ErrorKind::config, what + ": a part of the path is not a directory",
              "correct 'snapshot.directory'"};
    default:
      return {ErrorKind::remote, fmt::format("{}: {}", what, std::strerror(number))};
  }
}

}  // namespace tidegate::archive::directory
