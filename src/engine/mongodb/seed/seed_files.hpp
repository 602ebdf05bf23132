#pragma once

/// The files of a directory of seed data. Asks no server.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/mongodb/archive/encoding.hpp"

namespace tidegate::engine::mongodb {

struct SeedFile {
  enum class Form { metadata, json, bson };
  std::filesystem::path path;
  std::string collection;
  Form form = Form::json;
  Compression compression = Compression::none;
};

/// By collection, what says how it is made before what is in it. Files of other names are left out,
/// and so is what mongodump writes besides collections of an application: `prelude.json`, an oplog,
/// users, roles and `system.*`. `others` has their names.
/// @throws Error config: it is no directory, or holds no such file, or a file's name was cut and no
/// metadata file tells the collection's; permission.
std::vector<SeedFile> seed_files(const std::filesystem::path& directory,
                                 std::vector<std::string>& others);

}  // namespace tidegate::engine::mongodb
