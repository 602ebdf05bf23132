#include "journal/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"

namespace tidegate::journal {

void make_private(const std::string& path, const Purpose& purpose) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorKind::config,
                fmt::format("cannot open {} '{}': there is no folder '{}'", purpose.name, path,
                            folder.string()),
                fmt::format("make the folder, or change '{}' in the configuration", purpose.key));
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    throw Error(
        ErrorKind::config,
        fmt::format("cannot open {} '{}': {}", purpose.name, path, std::strerror(errno)),
        fmt::format("let this user write it, or change '{}' in the configuration", purpose.key));
  }
  ::close(file);
}

}  // namespace tidegate::journal
