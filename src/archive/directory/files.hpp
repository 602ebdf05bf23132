#pragma once

/// Files of one directory, changed so that a crash leaves the old state or the new one.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate::archive::directory {

enum class Type { none, file, directory, other };

/// Calls that throw throw as trouble() says. Names are of files in the directory itself; symbolic
/// links are never followed.
class Files {
 public:
  /// Called before each change, by its name.
  using Before = std::function<void(std::string_view step)>;
  Files(std::filesystem::path directory, Before before);

  const std::filesystem::path& directory() const noexcept { return directory_; }
  std::filesystem::path path(std::string_view name) const { return directory_ / name; }

  /// Makes the directory where it is not there, with mode 0700, and what is above it.
  void make_directory() const;
  /// Whether all can be done that publishing does: with an empty file of this name, renamed to the
  /// other. Neither is there afterwards.
  void probe(std::string_view name, std::string_view other) const;
  Type type(std::string_view name) const;
  /// Of a file; of a directory, of all files in it.
  Bytes size(std::string_view name) const;
  /// Nothing when there is no such file, or it is too long to be one of ours.
  std::optional<std::string> read(std::string_view name) const;

  /// A new file with mode 0600, on the disk when this returns.
  void write_new(std::string_view name, std::string_view text) const;
  /// Puts everything below `name` on the disk, and makes it this user's alone.
  void seal(std::string_view name) const;
  /// Puts the directory itself on the disk.
  void sync() const;
  /// Renames, unless there is one of the new name. @returns whether it did.
  bool rename_new(std::string_view from, std::string_view to) const;
  void rename_over(std::string_view from, std::string_view to) const;
  /// A file, or a directory with all that is in it. Nothing to do when it is gone.
  void remove(std::string_view name) const;
  /// The same for destructors: without a word, and as far as it goes.
  void discard(std::string_view name) const noexcept;

 private:
  void before(std::string_view what, std::string_view name) const;
  std::filesystem::path directory_;
  Before before_;
};

}  // namespace tidegate::archive::directory
