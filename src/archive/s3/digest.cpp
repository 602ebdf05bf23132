#include "archive/s3/digest.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include "base/error.hpp"

namespace tidegate::archive::s3 {
namespace {

constexpr std::size_t k_piece = 1U << 20U;

[[noreturn]] void fail() { throw Error(ErrorKind::internal, "OpenSSL cannot compute a digest"); }

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                    reinterpret_cast<const unsigned char*>(bytes.data()),
                                    static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

struct Digest::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free};
};

Digest::Digest(Algorithm algorithm) : state_(std::make_shared<State>()) {
  const auto* type = algorithm == Algorithm::sha256 ? EVP_sha256() : EVP_md5();
  if (!state_->context || EVP_DigestInit_ex(state_->context.get(), type, nullptr) != 1) fail();
}

void Digest::add(std::string_view bytes) {
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) fail();
}

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) != 1) fail();
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

PayloadSums payload_sums(std::string_view body) {
  Digest sha(Algorithm::sha256), md5(Algorithm::md5);
  sha.add(body);
  md5.add(body);
  return {hex(sha.finish()), base64(md5.finish())};
}

PayloadSums payload_sums(Run& run, const http::FilePart& part) {
  Digest sha(Algorithm::sha256), md5(Algorithm::md5);
  std::ifstream file(part.path, std::ios::binary);
  file.seekg(part.offset);
  std::vector<char> buffer(k_piece);
  for (auto left = part.length; left > 0;) {
    run.check();
    const auto wanted = std::min<std::int64_t>(left, static_cast<std::int64_t>(buffer.size()));
    if (!file.read(buffer.data(), wanted)) {
      throw Error(ErrorKind::remote, fmt::format("cannot read '{}'", part.path.string()));
    }
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(wanted));
    sha.add(piece);
    md5.add(piece);
    left -= wanted;
  }
  return {hex(sha.finish()), base64(md5.finish())};
}

}  // namespace tidegate::archive::s3
