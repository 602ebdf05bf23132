#include "forge/github/webhook.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "forge/github/payload.hpp"

namespace tidegate::forge::github {
namespace {

using Kind = WebhookVerdict::Kind;
using Sum = std::array<unsigned char, 32>;

constexpr std::string_view k_prefix = "sha256=";
constexpr std::size_t k_longest_delivery = 64;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Sum> sum_in(std::string_view signature) {
  if (!signature.starts_with(k_prefix)) return std::nullopt;
  signature.remove_prefix(k_prefix.size());
  Sum sum{};
  if (signature.size() != 2 * sum.size()) return std::nullopt;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const int high = digit(signature[2 * i]), low = digit(signature[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    sum[i] = static_cast<unsigned char>(16 * high + low);
  }
  return sum;
}

Sum sum_of(std::string_view body, const Secret& secret) {
  Sum sum{};
  unsigned int size = sum.size();
  HMAC(EVP_sha256(), secret.reveal().data(), static_cast<int>(secret.reveal().size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), sum.data(), &size);
  return sum;
}

std::string header_of(const std::map<std::string, std::string>& headers, const char* name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

bool same_repository(std::string_view a, std::string_view b) {
  const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return fold(x) == fold(y); });
}

bool is_name(std::string_view delivery) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  return !delivery.empty() && delivery.size() <= k_longest_delivery &&
         std::all_of(delivery.begin(), delivery.end(), allowed);
}

/// Created comments are ignored: tidegate's own comments would trigger it again and again.
bool concerns(const std::string& event, const Payload& payload) {
  if (event == "issue_comment") return payload.action != "created";
  return event == "pull_request" || event == "issues";
}

WebhookVerdict understood(const std::map<std::string, std::string>& headers, std::string_view body,
                          const std::string& repository) {
  const auto event = header_of(headers, "x-github-event");
  const auto delivery = header_of(headers, "x-github-delivery");
  if (!is_name(event.empty() ? "-" : delivery)) {
    return {Kind::malformed, {}, {}, "the header X-GitHub-Delivery is missing or invalid"};
  }
  if (event == "ping") return {Kind::nothing, {}, {}, "pong"};
  const auto payload = read_payload(body);
  if (!payload) return {Kind::malformed, {}, {}, "the body is not JSON: send application/json"};
  if (!same_repository(payload->repository, repository)) {
    return {Kind::nothing, {}, {}, "it is about another repository"};
  }
  if (!payload->number || !concerns(event, *payload)) {
    return {Kind::nothing, {}, {}, "it is not about a pull request"};
  }
  return {Kind::hint, delivery, payload->number,
          fmt::format("pull request {}", payload->number->value())};
}

}  // namespace

bool is_signed(std::string_view body, std::string_view signature,
               const std::vector<Secret>& secrets) {
  const auto told = sum_in(signature);
  bool found = false;
  for (const auto& secret : secrets) {
    const auto sum = sum_of(body, secret);
    const auto other = told.value_or(Sum{});
    if (CRYPTO_memcmp(sum.data(), other.data(), sum.size()) == 0) found = true;
  }
  return told && found;
}

Receive receive(std::vector<Secret> secrets, std::string repository) {
  // With an empty key, any client could make a valid signature.
  secrets.erase(std::remove_if(secrets.begin(), secrets.end(),
                               [](const Secret& secret) { return secret.empty(); }),
                secrets.end());
  return [secrets = std::move(secrets), repository = std::move(repository)](
             const std::map<std::string, std::string>& headers,
             std::string_view body) -> WebhookVerdict {
    if (!is_signed(body, header_of(headers, "x-hub-signature-256"), secrets)) {
      return {
          Kind::unproven, {}, {}, "the signature is missing, or was made with an unknown secret"};
    }
    return understood(headers, body, repository);
  };
}

}  // namespace tidegate::forge::github
