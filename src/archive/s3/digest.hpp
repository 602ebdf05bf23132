#pragma once

/// Checksums of sent and received data.

#include <memory>
#include <string>
#include <string_view>

#include "http/client.hpp"

namespace tidegate::archive::s3 {

enum class Algorithm { sha256, md5 };

class Digest {
 public:
  explicit Digest(Algorithm algorithm);
  void add(std::string_view bytes);
  /// Ends the computation; may be called once.
  std::string finish();  ///< raw bytes

 private:
  struct State;
  std::shared_ptr<State> state_;
};

std::string hex(std::string_view bytes);

/// The checksums of a request body: SHA-256 for the signature, MD5 because every store checks it.
struct PayloadSums {
  std::string sha256_hex, md5_base64;
};
PayloadSums payload_sums(std::string_view body);
/// @throws Error remote: the file cannot be read; cancelled, timeout.
PayloadSums payload_sums(Run& run, const http::FilePart& part);

}  // namespace tidegate::archive::s3
