#pragma once

/// Documents on their way to the server, in one piece of memory.

#include <cstdint>
#include <vector>

#include "engine/mongodb/archive/encoding.hpp"

namespace tidegate::engine::mongodb {

class DocumentBatch {
 public:
  void add(ByteView document) {
    ends_.push_back(bytes_.size() + document.size());
    bytes_.insert(bytes_.end(), document.begin(), document.end());
  }
  bool full() const { return bytes_.size() >= k_bytes || ends_.size() >= k_documents; }
  bool empty() const { return ends_.empty(); }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }
  /// Valid until the next change.
  std::vector<ByteView> documents() const {
    std::vector<ByteView> documents;
    std::size_t begin = 0;
    for (const auto end : ends_) {
      documents.push_back(ByteView(bytes_).subspan(begin, end - begin));
      begin = end;
    }
    return documents;
  }

 private:
  // In memory several times over: here, in the library, and on the way.
  static constexpr std::size_t k_bytes = 500'000;
  static constexpr std::size_t k_documents = 1'000;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace tidegate::engine::mongodb
