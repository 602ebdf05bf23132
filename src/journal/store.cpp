#include "journal/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"

namespace tidegate::journal {
namespace {

constexpr int k_patience_ms = 5'000;
constexpr std::string_view k_in_memory = ":memory:";

/// SQLite would create the file readable for all users. Its -wal and -shm files take the same mode.
void make_private(const std::string& path, const StoreKind& kind) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorKind::config,
                fmt::format("cannot open the {} '{}': there is no folder '{}'", kind.name, path,
                            folder.string()),
                fmt::format("make the folder, or change '{}' in the configuration", kind.key));
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    throw Error(
        ErrorKind::config,
        fmt::format("cannot open the {} '{}': {}", kind.name, path, std::strerror(errno)),
        fmt::format("let this user write it, or change '{}' in the configuration", kind.key));
  }
  ::close(file);
}

int pragma(SQLite::Database& file, const char* name) {
  return file.execAndGet(fmt::format("PRAGMA {}", name)).getInt();
}

/// Two processes may open a new file at the same time: the second one finds the schema created.
void make_or_recognise(SQLite::Database& file, const std::string& path, const StoreKind& kind) {
  SQLite::Transaction transaction(file, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = pragma(file, "user_version");
  if (version == 0 && pragma(file, "schema_version") == 0) {
    file.exec(kind.create);
    file.exec(fmt::format("PRAGMA application_id = {}", kind.application));
    file.exec(fmt::format("PRAGMA user_version = {}", kind.schema));
  } else if (pragma(file, "application_id") != kind.application) {
    throw Error(ErrorKind::config, fmt::format("'{}' is not a tidegate {}", path, kind.name),
                fmt::format("change '{}' in the configuration to a file of its own", kind.key));
  } else if (version > kind.schema) {
    throw Error(ErrorKind::config,
                fmt::format("the {} '{}' was written by a newer tidegate", kind.name, path),
                fmt::format("use that version, or change '{}' in the configuration", kind.key));
  }
  transaction.commit();
}

}  // namespace

std::unique_ptr<SQLite::Database> open_store(const std::string& path, const StoreKind& kind) {
  const bool in_memory = path == k_in_memory;
  if (!in_memory) make_private(path, kind);
  auto file = std::make_unique<SQLite::Database>(
      path, SQLite::OPEN_READWRITE | (in_memory ? SQLite::OPEN_CREATE : 0), k_patience_ms);
  file->exec("PRAGMA synchronous = FULL");
  make_or_recognise(*file, path, kind);
  // Set only now that the file is known to be tidegate's. It fails as busy when another process
  // sets the same mode at this moment, which gives the same result.
  if (kind.write_ahead) static_cast<void>(file->tryExec("PRAGMA journal_mode = WAL"));
  return file;
}

void refuse_store(const std::string& path, const StoreKind& kind, std::string_view doing,
                  const SQLite::Exception& error) {
  throw Error(
      ErrorKind::config,
      fmt::format("cannot {} the {} '{}': {}", doing, kind.name, path, error.what()),
      fmt::format("check the file and its folder, or change '{}' in the configuration", kind.key));
}

}  // namespace tidegate::journal
