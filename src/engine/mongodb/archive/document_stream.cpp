#include "engine/mongodb/archive/document_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tidegate::engine::mongodb {
namespace {

constexpr std::int64_t k_largest_batch = 10'000;
constexpr std::int64_t k_unknown_size_batch = 100;

Bson find_command(Run& run, Server& server, const Namespace& collection, const ReadOptions& how) {
  Bson command = doc("find", std::string_view(collection.collection), "batchSize", batch_size(how),
                     "readConcern", how.concern);
  if (how.order == Order::natural) return command.add("hint", doc("$natural", 1));
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

std::int64_t batch_size(const ReadOptions& how) {
  if (how.average_document_size <= 0) return k_unknown_size_batch;
  return std::clamp<std::int64_t>(how.batch_bytes / how.average_document_size, 1, k_largest_batch);
}

Md5::Md5() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_md5(), nullptr) != 1) {
    throw Error(ErrorKind::internal, "this machine's OpenSSL offers no md5",
                "a FIPS-only OpenSSL leaves md5 out; the server's checksums are md5");
  }
}

void Md5::add(const std::uint8_t* data, std::size_t length) {
  EVP_DigestUpdate(context_.get(), data, length);
}

std::string Md5::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

void stream_documents(Run& run, Server& server, const Namespace& collection, const ReadOptions& how,
                      const std::function<bool(DocumentView)>& each) {
  server.each(run, collection.database, find_command(run, server, collection, how), each);
}

}  // namespace tidegate::engine::mongodb
