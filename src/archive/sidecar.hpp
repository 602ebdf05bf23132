#pragma once

/// The `.json` file beside an archive: the metadata document (docs/reference/metadata.md) with one
/// more field, `archive {name, database, format, bytes, sha256, drilled}`; `drilled` only after a
/// drill.
/// For an archive of one file, `sha256` is the file's checksum. For a directory, it is the checksum
/// of the text `<sha256>  <relative path>\n` for each file, sorted by path (the output of
/// `sha256sum`).

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "archive/archive.hpp"

namespace tidegate::archive {

struct FileChecksum {
  std::string sha256;
  Bytes size;
};

/// Computes checksum and size; reads every byte. @throws Error remote: the archive cannot be read.
FileChecksum sum_up(Run& run, const std::filesystem::path& path);

std::string write_sidecar(std::string_view database, const Entry& entry);
/// Parses a sidecar. Nothing when it does not belong to this archive and this database.
std::optional<Entry> read_sidecar(std::string_view text, std::string_view archive,
                                  std::string_view database);

}  // namespace tidegate::archive
