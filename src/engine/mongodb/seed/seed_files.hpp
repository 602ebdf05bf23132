#pragma once

/// The files of a directory of seed data. Asks no server.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/mongodb/archive/encoding.hpp"
#include "engine/mongodb/driver/bson.hpp"

namespace tidegate::engine::mongodb {

struct SeedFile {
  enum class Form { metadata, json, bson };
  std::filesystem::path path;
  std::string collection;
  Form form = Form::json;
  Compression compression = Compression::none;  ///< of BSON
};

/// By collection, what says how it is made before what is in it. Files of other names are left out;
/// `others` has their names.
/// @throws Error config: it is no directory, or holds no such file; permission.
std::vector<SeedFile> seed_files(const std::filesystem::path& directory,
                                 std::vector<std::string>& others);

/// Each of its documents in order. @throws Error config: it cannot be read; file and place are
/// named.
void each_document(const SeedFile& file, const std::function<void(ByteView)>& each);
/// The content of a metadata file: {options, indexes}. @throws Error config: it is none.
Bson read_seed_metadata(const SeedFile& file);

}  // namespace tidegate::engine::mongodb
