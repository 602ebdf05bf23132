#pragma once

/// The `.json` beside an archive: the metadata document (docs/reference/metadata.md) with one field
/// more, `archive {name, database, format, bytes, sha256, drilled}`, the last only where there was
/// a drill. The sum of an archive of one file is that file's; of a directory, that of the text
/// `<sha256>  <relative path>\n` for each file in it, sorted by path (what `sha256sum` prints).

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "archive/archive.hpp"

namespace tidegate::archive {

struct Sum {
  std::string sha256;
  Bytes size;
};

/// Reads every byte. @throws Error remote: it cannot be read.
Sum sum_up(Run& run, const std::filesystem::path& path);

std::string write_sidecar(std::string_view database, const Entry& entry);
/// Nothing when it is not a sidecar of this archive and this database.
std::optional<Entry> read_sidecar(std::string_view text, std::string_view archive,
                                  std::string_view database);

}  // namespace tidegate::archive
