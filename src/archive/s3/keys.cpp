#include "archive/s3/keys.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace tidegate::archive::s3 {
namespace {

constexpr std::size_t k_largest_token = 64UL * 1024;

struct Naming {
  std::string operator()(std::monostate /*none*/) const { return {}; }
  std::string operator()(const WebIdentity& identity) const {
    return fmt::format("the role '{}' (web identity)", identity.role_arn);
  }
  std::string operator()(const CredentialsEndpoint& endpoint) const {
    return fmt::format("the container's credentials endpoint {}", endpoint.uri);
  }
  std::string operator()(const SharedCredentials& shared) const {
    return fmt::format("the profile '{}' of '{}'", shared.profile, shared.file);
  }
};

}  // namespace

std::string issuer_name(const KeyIssuer& issuer) { return std::visit(Naming{}, issuer); }

std::string read_token(const std::string& file, const std::string& key) {
  const auto fail = [&](std::string_view why) {
    return Error(ErrorKind::config,
                 fmt::format("cannot read the file '{}', which '{}' names: {}", file, key, why),
                 "mount it into the container (a projected service account token), and let this "
                 "process's user read it");
  };
  errno = 0;
  std::ifstream input(file, std::ios::binary);
  if (!input) throw fail(errno != 0 ? std::strerror(errno) : "it cannot be opened");
  std::string token(k_largest_token + 1, '\0');
  input.read(token.data(), static_cast<std::streamsize>(token.size()));
  token.resize(static_cast<std::size_t>(input.gcount()));
  if (token.size() > k_largest_token) throw fail("it is larger than 64 KiB");
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  if (token.empty()) throw fail("it is empty");
  return token;
}

}  // namespace tidegate::archive::s3
