#include "forge/github/app_token.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace tidegate::forge::github {
namespace {

constexpr std::chrono::seconds k_clocks_differ{60}, k_valid{540};

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Error bad_key() {
  return {ErrorKind::config, "the private key of the GitHub App cannot be read",
          "'github.app.private_key_file' names the .pem file that GitHub gave out"};
}

// There is no passphrase, and nothing could enter one.
int no_passphrase(char*, int, int, void*) { return 0; }

Key read_key(const Secret& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size())), BIO_free);
  Key key(PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) throw bad_key();
  return key;
}

std::string base64url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                    reinterpret_cast<const unsigned char*>(bytes.data()),
                                    static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string sign(EVP_PKEY* key, std::string_view text) {
  const Digest digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes, text.size()) != 1) {
    throw bad_key();
  }
  std::string signature(size, '\0');
  auto* to = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(digest.get(), to, &size, bytes, text.size()) != 1) throw bad_key();
  signature.resize(size);
  return signature;
}

}  // namespace

Secret app_token(const AppCredential& app, SystemTime now) {
  const auto begun = std::chrono::floor<std::chrono::seconds>(now) - k_clocks_differ;
  const auto seconds = begun.time_since_epoch().count();
  const nlohmann::ordered_json header{{"alg", "RS256"}, {"typ", "JWT"}};
  const nlohmann::ordered_json claims{
      {"iat", seconds}, {"exp", seconds + k_valid.count()}, {"iss", app.id}};
  const auto text = base64url(header.dump()) + "." + base64url(claims.dump());
  return Secret(text + "." + base64url(sign(read_key(app.private_key).get(), text)));
}

}  // namespace tidegate::forge::github
