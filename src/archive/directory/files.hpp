#pragma once

/// Changes to the files of one directory. A crash leaves either the old state or the new one.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate::archive::directory {

enum class Type { none, file, directory, other };

/// A file whose permissions the file system keeps wider than wanted.
struct WideMode {
  std::filesystem::path path;
  unsigned mode = 0;
  unsigned wanted = 0;

  /// For people: `'a.dump.tmp' keeps mode 0777 (wanted: 0600): …`.
  std::string text() const;
};

/// Errors are those of trouble(). Names are of entries of the directory itself. Symbolic links are
/// never followed.
class Files {
 public:
  /// Called before each change with the step's name.
  using Before = std::function<void(std::string_view step)>;
  Files(std::filesystem::path directory, Before before);

  const std::filesystem::path& directory() const noexcept { return directory_; }
  std::filesystem::path path(std::string_view name) const { return directory_ / name; }

  /// Creates the directory with mode 0700, and its parents, when it is missing.
  void make_directory() const;
  Type type(std::string_view name) const;
  /// The size of a file, or the total size of all files in a directory.
  Bytes size(std::string_view name) const;
  /// The content of a file; nothing when it is missing or too long to be one of tidegate's.
  std::optional<std::string> read(std::string_view name) const;

  /// Creates a file with mode 0600. It is on the disk when the call returns.
  void write_new(std::string_view name, std::string_view text) const;
  /// Syncs `name` and everything below it, and restricts it to this user.
  /// @returns the first file that the file system does not let be restricted (CIFS, vfat).
  std::optional<WideMode> seal(std::string_view name) const;
  /// Syncs the directory itself.
  void sync() const;
  /// Renames unless the new name exists. @returns whether it renamed.
  bool rename_new(std::string_view from, std::string_view to) const;
  void rename_over(std::string_view from, std::string_view to) const;
  /// Removes a file, or a directory with its contents. Success when it is gone.
  void remove(std::string_view name) const;
  /// The same for destructors: removes as much as it can and reports no error.
  void discard(std::string_view name) const noexcept;

  /// Calls the hook of the constructor; for steps that are no change of these functions.
  void before(std::string_view what, std::string_view name) const;

 private:
  std::filesystem::path directory_;
  Before before_;
};

}  // namespace tidegate::archive::directory
