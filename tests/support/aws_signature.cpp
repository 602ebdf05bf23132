#include "support/aws_signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <sstream>
#include <vector>

#include "archive/s3/digest.hpp"
#include "base/secret.hpp"

namespace tidegate::test {
namespace {

using archive::s3::Algorithm, archive::s3::Digest, archive::s3::hex;

std::string sha256(std::string_view text) {
  Digest digest(Algorithm::sha256);
  digest.add(text);
  return hex(digest.finish());
}

std::string hmac(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned int size = 0;
  ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), result.data(), &size);
  return {reinterpret_cast<const char*>(result.data()), size};
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream input(text);
  for (std::string part; std::getline(input, part, at);) parts.push_back(part);
  return parts;
}

/// `SignedHeaders=` of the authorization, for instance.
std::string field(const std::string& authorization, const std::string& name) {
  const auto begin = authorization.find(name + "=");
  if (begin == std::string::npos) return {};
  const auto from = begin + name.size() + 1;
  return authorization.substr(from, authorization.find(',', from) - from);
}

std::string value(const http::Incoming& request, const std::string& header) {
  const auto found = request.headers.find(header);
  return found == request.headers.end() ? std::string() : found->second;
}

std::string encoded_path(const std::string& path) {
  std::string result;
  for (const char c : path) result += c == '/' ? "/" : percent_encode({&c, 1});
  return result;
}

bool covers_all(const http::Incoming& request, const std::string& signed_headers) {
  const auto all = ";" + signed_headers + ";";
  if (all.find(";host;") == std::string::npos) return false;
  for (const auto& [name, text] : request.headers) {
    if (name.starts_with("x-amz-") && all.find(";" + name + ";") == std::string::npos) return false;
  }
  return true;
}

}  // namespace

bool is_signed(const http::Incoming& request, const std::string& secret) {
  const auto authorization = value(request, "authorization");
  const auto signed_headers = field(authorization, "SignedHeaders");
  const auto credential = split(field(authorization, "Credential"), '/');
  if (credential.size() != 5 || !covers_all(request, signed_headers)) return false;
  auto canonical = request.method + "\n" + encoded_path(request.path) + "\n" + request.query + "\n";
  for (const auto& name : split(signed_headers, ';')) {
    canonical += name + ":" + value(request, name) + "\n";
  }
  canonical += "\n" + signed_headers + "\n" + value(request, "x-amz-content-sha256");
  auto key = "AWS4" + secret;
  std::string scope;
  for (std::size_t i = 1; i < credential.size(); ++i) {
    key = hmac(key, credential[i]);
    scope += (i == 1 ? "" : "/") + credential[i];
  }
  const auto text =
      "AWS4-HMAC-SHA256\n" + value(request, "x-amz-date") + "\n" + scope + "\n" + sha256(canonical);
  return hex(hmac(key, text)) == field(authorization, "Signature");
}

}  // namespace tidegate::test
