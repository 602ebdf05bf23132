#pragma once

/// A file that is written once, from begin to end, and read so. Compressed or not.

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "engine/mongodb/archive/encoding.hpp"

namespace tidegate::engine::mongodb {

/// Errors of what touches files: no_space (how much was written, how much is free), permission,
/// remote (the system's words).
class FileWriter {
 public:
  /// Makes the file, readable by its owner and group; nothing may be there yet.
  FileWriter(std::filesystem::path path, Compression compression);
  /// Leaves what was written.
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(ByteView bytes);
  /// Ends it and syncs it to the disk. Nothing may be written afterwards.
  void finish();
  /// Begins it again, empty.
  void restart();

 private:
  void flush();
  void out(ByteView bytes);
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path path_;
  Compression compression_;
  int descriptor_ = -1;
  std::unique_ptr<Encoder> encoder_;
  std::vector<std::uint8_t> buffer_;
  Bytes written_;
};

class FileReader {
 public:
  /// @throws Error verification: it is not there, or is no regular file (a link is none).
  FileReader(std::filesystem::path path, Compression compression);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// Fills `bytes`. @returns how much of it; less only at the end.
  /// @throws Error verification: damaged, the file named.
  std::size_t read(std::span<std::uint8_t> bytes);
  /// The error that this file is damaged, and how.
  Error damaged(const std::string& how) const;

 private:
  bool fill();

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::unique_ptr<Decoder> decoder_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0, end_ = 0;
};

/// Makes a directory where nothing is.
void make_directory(const std::filesystem::path& path);
/// Its entries are on the disk afterwards.
void sync_directory(const std::filesystem::path& path);

}  // namespace tidegate::engine::mongodb
