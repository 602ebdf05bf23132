#include "engine/mongodb/copy/client_copy.hpp"

#include <fmt/format.h>

#include "engine/mongodb/archive/document_stream.hpp"
#include "engine/mongodb/driver/document_batch.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// One document without an `_id`, or with one that is null.
std::optional<Bson> without_id(Run& run, Server& server, const CollectionCopy& piece) {
  const auto filter = Bson().add_null("_id");
  const auto found = server.all(run, piece.source.database,
                                doc("find", std::string_view(piece.source.collection), "filter",
                                    filter, "limit", 1, "readConcern", ReadPoint{}.concern()));
  return found.empty() ? std::nullopt : std::optional(found.front());
}

}  // namespace

bool refuses_merge(Run& run, Server& server, const CollectionCopy& piece) {
  const auto found = without_id(run, server, piece);
  if (!found || found->has("_id")) return found.has_value();
  throw Error(ErrorKind::refused,
              fmt::format("'{}' holds a document without '_id', which every copy would give one; "
                          "nothing was published",
                          piece.source.text()),
              "leave the collection out with 'snapshot.exclude', or give its documents an '_id'");
}

void copy_through_client(Run& run, Server& server, const std::string& database,
                         const CollectionCopy& piece) {
  ReadOptions reading;
  reading.concern = piece.read_at.concern();
  reading.order = piece.is_capped() ? Order::natural : Order::by_id;
  if (piece.expected_documents > 0) {
    reading.average_document_size = piece.expected_bytes.count / piece.expected_documents;
  }
  Insert inserting;
  inserting.ordered = true;
  inserting.bypass_validation = piece.definition.options.has("validator");
  DocumentBatch batch;
  const auto send = [&] {
    if (batch.empty()) return;
    server.insert(run, {database, piece.staging}, batch.documents(), inserting);
    batch.clear();
  };
  stream_documents(run, server, piece.source, reading, [&](DocumentView document) {
    batch.add({bson_get_data(document.raw), document.raw->len});
    if (batch.full()) send();
    return true;
  });
  send();
}

}  // namespace tidegate::engine::mongodb
