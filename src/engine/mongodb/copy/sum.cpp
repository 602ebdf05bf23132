#include <fmt/format.h>

#include "base/retry.hpp"
#include "engine/mongodb/copy/audit.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr int k_sum_tries = 4;

}  // namespace

Checksum stream_sum(Run& run, Server& server, const Namespace& collection,
                    std::int64_t average_document_size, const SumProgress& progress, Order order) {
  ReadOptions how;
  how.order = order;
  how.average_document_size = average_document_size;
  const auto batch = batch_size(how);
  Checksum sum;
  retry(run, k_sum_tries, {}, fmt::format("reading '{}'", collection.text()), [&](int /*attempt*/) {
    sum = {};
    Md5 md5;
    stream_documents(run, server, collection, how, [&](DocumentView document) {
      md5.add(bson_get_data(document.raw), document.raw->len);
      sum.bytes += Bytes{document.raw->len};
      ++sum.documents;
      return !progress || sum.documents % batch != 0 || progress(sum.documents);
    });
    sum.md5 = md5.hex();
  });
  return sum;
}

Checksum server_sum(Run& run, Server& server, const Namespace& collection,
                    const Bson& read_concern) {
  Bson pipeline;
  pipeline.add("0", doc("$group", doc("_id", 1, "documents", doc("$sum", std::int64_t{1}), "bytes",
                                      doc("$sum", doc("$bsonSize", "$$ROOT")))));
  Bson command = doc("aggregate", std::string_view(collection.collection));
  command.add_array("pipeline", pipeline).add("cursor", Bson()).add("readConcern", read_concern);
  Checksum sum;
  for (const auto& each : server.all(run, collection.database, command)) {
    sum.documents = each.number("documents");
    sum.bytes = {each.number("bytes")};
  }
  return sum;
}

}  // namespace tidegate::engine::mongodb
