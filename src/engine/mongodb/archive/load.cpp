#include "engine/mongodb/archive/load.hpp"

#include <fmt/format.h>

#include "engine/mongodb/archive/archive_files.hpp"
#include "engine/mongodb/archive/document_stream.hpp"
#include "engine/mongodb/copy/empty_timestamps.hpp"
#include "engine/mongodb/driver/document_batch.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// Whether the error is about a document that no server can have given out.
bool blames_document(const Error& error) {
  const int code = error.server_code();
  return code == k_duplicate_key || code == k_bad_value || code == k_invalid_bson ||
         code == k_document_too_large;
}

/// One collection's way into the server.
class CollectionLoad {
 public:
  CollectionLoad(Run& run, Server& server, const std::string& database, const CollectionCopy& piece)
      : run_(run),
        server_(server),
        piece_(piece),
        staging_{database, piece.staging},
        timestamps_(run, server, staging_, has_validator(piece)),
        reader_(piece.file->path, piece.file->compression) {}

  void load() {
    while (const auto document = reader_.next()) {
      md5_.add(document->data(), document->size());
      sum_.bytes += Bytes{static_cast<std::int64_t>(document->size())};
      ++sum_.documents;
      if (sum_.documents > piece_.recorded->documents) throw differs("documents");
      batch_.add(*document);
      timestamps_.add(*document);
      if (batch_.full()) send();
    }
    send();
    compare();
  }

 private:
  static bool has_validator(const CollectionCopy& piece) {
    return piece.definition.options.has("validator");
  }

  Error differs(const char* in) const {
    return reader_.damaged(
        fmt::format("its {} are not those that the archive's metadata names", in));
  }

  void send() {
    if (batch_.empty()) return;
    Insert how;
    // A capped collection keeps the order of its documents.
    how.ordered = piece_.is_capped();
    how.bypass_validation = has_validator(piece_);
    try {
      server_.insert(run_, staging_, batch_.documents(), how);
    } catch (const Error& error) {
      if (!blames_document(error)) throw;
      throw reader_.damaged("the server refuses a document of it: " + error.message());
    }
    timestamps_.send();
    batch_.clear();
    run_.progress().item_advanced(piece_.name, "copy", sum_.documents);
  }

  void compare() {
    const auto& recorded = *piece_.recorded;
    if (sum_.documents != recorded.documents) throw differs("documents");
    if (sum_.bytes != recorded.bytes) throw differs("bytes");
    if (!recorded.checksum.empty() && md5_.hex() != recorded.checksum) throw differs("contents");
  }

  Run& run_;
  Server& server_;
  const CollectionCopy& piece_;
  Namespace staging_;
  TimestampRestorer timestamps_;
  DocumentReader reader_;
  Md5 md5_;
  Checksum sum_;
  DocumentBatch batch_;
};

}  // namespace

Resolved from_archive(const StageRequest& request) {
  const auto& recorded = *request.snapshot;
  const auto files = open_archive(*request.archive, recorded);
  Resolved resolved;
  for (const auto& content : recorded.contents) {
    CollectionCopy piece;
    piece.name = content.name;
    piece.definition = Definition::read(content.definition);
    piece.source = {recorded.source, content.name};
    piece.expected_documents = content.documents;
    piece.expected_bytes = content.bytes;
    piece.recorded = content;
    piece.method = k_stream;
    if (!piece.is_view()) piece.file = {files.documents(content.name), files.compression};
    resolved.pieces.push_back(std::move(piece));
  }
  largest_first(resolved.pieces);
  return resolved;
}

void load_documents(Run& run, Server& server, const std::string& database,
                    const CollectionCopy& piece) {
  CollectionLoad(run, server, database, piece).load();
}

}  // namespace tidegate::engine::mongodb
