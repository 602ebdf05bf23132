#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/retry.hpp"
#include "engine/mongodb/audit.hpp"

namespace tidegate::engine::mongodb {
namespace {

// A reply and the one before it may be in memory together, each once more as the library's.
constexpr std::int64_t k_batch_bytes = 1'000'000;
constexpr std::int64_t k_largest_batch = 10'000;
constexpr std::int64_t k_unknown_size_batch = 100;
constexpr int k_tries = 4;

class Md5 {
 public:
  Md5() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) != 1) {
      throw Error(ErrorKind::internal, "this machine's OpenSSL offers no md5",
                  "a FIPS-only OpenSSL leaves md5 out; the server's checksums are md5");
    }
  }
  void add(const bson_t& document) {
    EVP_DigestUpdate(context_.get(), bson_get_data(&document), document.len);
  }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
    std::string text;
    for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::int64_t batch_size(std::int64_t average_document_size) {
  if (average_document_size <= 0) return k_unknown_size_batch;
  return std::clamp<std::int64_t>(k_batch_bytes / average_document_size, 1, k_largest_batch);
}

Bson reading(Run& run, Server& server, const Namespace& collection, std::int64_t batch,
             Order order) {
  Bson command = doc("find", std::string_view(collection.collection), "batchSize", batch,
                     "readConcern", doc("level", "majority"));
  if (order == Order::natural) return command.add("hint", doc("$natural", 1));
  command.add("sort", doc("_id", 1));
  const auto indexes = server.indexes(run, collection);
  const bool has_id_index = std::any_of(indexes.begin(), indexes.end(), [](const Bson& index) {
    return index.text("name") == "_id_" && !index.has("clustered");
  });
  // Clustered collections are in this order by themselves; old capped ones may have to sort.
  if (has_id_index) {
    command.add("hint", "_id_");
  } else {
    command.add("allowDiskUse", true);
  }
  return command;
}

}  // namespace

Sum stream_sum(Run& run, Server& server, const Namespace& collection,
               std::int64_t average_document_size, const SumProgress& progress, Order order) {
  const auto batch = batch_size(average_document_size);
  Sum sum;
  retry(run, k_tries, {}, fmt::format("reading '{}'", collection.text()), [&](int /*attempt*/) {
    sum = {};
    Md5 md5;
    const auto command = reading(run, server, collection, batch, order);
    server.each(run, collection.database, command, [&](DocumentView document) {
      md5.add(*document.raw);
      sum.bytes += Bytes{document.raw->len};
      ++sum.documents;
      return !progress || sum.documents % batch != 0 || progress(sum.documents);
    });
    sum.md5 = md5.hex();
  });
  return sum;
}

Sum server_sum(Run& run, Server& server, const Namespace& collection, const Bson& read_concern) {
  Bson pipeline;
  pipeline.add("0", doc("$group", doc("_id", 1, "documents", doc("$sum", std::int64_t{1}), "bytes",
                                      doc("$sum", doc("$bsonSize", "$$ROOT")))));
  Bson command = doc("aggregate", std::string_view(collection.collection));
  command.add_array("pipeline", pipeline).add("cursor", Bson()).add("readConcern", read_concern);
  Sum sum;
  for (const auto& each : server.all(run, collection.database, command)) {
    sum.documents = each.number("documents");
    sum.bytes = {each.number("bytes")};
  }
  return sum;
}

}  // namespace tidegate::engine::mongodb
