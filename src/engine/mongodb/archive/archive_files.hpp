#pragma once

/// The files of an archive: mongodump's directory format, which mongorestore reads.
///
///   <archive>/<database>/<name>.bson            the documents, one after another
///   <archive>/<database>/<name>.metadata.json   options and indexes; a view has only this
///
/// With `gzip` both end in `.gz`, for `mongorestore --gzip`. With `zstd`, which is what `auto`
/// means, both end in `.zst`: a third of gzip's time for the same size, checks of its own, and what
/// the rest of tidegate's archives use; mongorestore takes no such files, and needs `zstd -d --rm
/// -r` first. The metadata is compressed as well, so that mongorestore over a compressed archive
/// restores nothing, in place of empty collections.
///
/// Names are percent-encoded as Go's url.PathEscape does; one that would be longer than 238 bytes
/// is cut to 208, with `%24` and the base64 of the name's SHA-1 behind it (mongo-tools,
/// mongodump/prepare.go); with `.zst`, a byte longer than `.gz`, to 207 of 237.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mongodb/archive/file_stream.hpp"
#include "engine/mongodb/copy/definition.hpp"
#include "model/metadata.hpp"

namespace tidegate::engine::mongodb {

/// The compression that `auto` stands for; any other as it is.
Compression decided(Compression compression);
/// `zstd`, `gzip`, `none`.
std::string_view name_of(Compression compression);

/// A collection's file name without its endings, as mongodump has it.
std::string file_stem(std::string_view collection);

/// Where the files of one database are, and how they are compressed.
struct ArchiveFiles {
  std::filesystem::path directory;  ///< with the database's name as its last part
  Compression compression = Compression::zstd;

  std::filesystem::path documents(std::string_view collection) const;
  std::filesystem::path metadata(std::string_view collection) const;
};

/// The text of a `.metadata.json`, as mongodump writes it: canonical Extended JSON.
std::string metadata_json(const Definition& definition, const std::string& collection,
                          const std::string& uuid);

/// An archive on the disk, held against what its metadata says: every file that should be there,
/// regular, no other, and definitions that are the recorded ones.
/// @throws Error verification: the file is named.
ArchiveFiles open_archive(const std::filesystem::path& archive, const Metadata& recorded);

/// The documents of a BSON stream, one after another.
class DocumentReader {
 public:
  DocumentReader(const std::filesystem::path& path, Compression compression)
      : file_(path, compression) {}
  /// The next one's bytes, until the next call; nothing at the end.
  /// @throws Error verification: the file is named, and the number of the document.
  std::optional<ByteView> next();
  Error damaged(const std::string& how) const { return file_.damaged(how); }

 private:
  FileReader file_;
  std::vector<std::uint8_t> document_;
  std::int64_t number_ = 0;
};

}  // namespace tidegate::engine::mongodb
