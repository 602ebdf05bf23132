#pragma once

/// Reading a collection from end to end, as raw documents, and the sum that proves it.

#include <openssl/evp.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// The sum that dbHash makes. @throws Error internal: OpenSSL offers none.
class Md5 {
 public:
  Md5();
  void add(const std::uint8_t* data, std::size_t length);
  std::string hex();  ///< once, at the end

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

/// dbHash takes capped collections in `_id` order, and from 8.1 on in natural order.
enum class Order { by_id, natural };

/// How a collection is read.
struct ReadOptions {
  Bson concern = doc("level", "majority");
  Order order = Order::by_id;
  std::int64_t average_document_size = 0;  ///< in bytes; sizes the batches; 0: unknown
  std::int64_t batch_bytes = 1'000'000;    ///< about; several of them are in memory at once
};

/// How many documents come at a time.
std::int64_t batch_size(const ReadOptions& how);

/// Hands every document over, one after another; memory stays flat. Stops early when `each` returns
/// false. Not tried again by itself. A collection that does not exist has no documents.
void stream_documents(Run& run, Server& server, const Namespace& collection, const ReadOptions& how,
                      const std::function<bool(DocumentView)>& each);

}  // namespace tidegate::engine::mongodb
