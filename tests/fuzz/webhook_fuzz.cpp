// A webhook request of any content is refused, ignored or taken as a hint: only one with a valid
// signature counts, and only a hint has a number.

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <cstdlib>

#include "forge/github/webhook.hpp"

namespace {

using namespace tidegate;
using forge::WebhookVerdict;

const Secret k_secret("a-secret-of-the-hook");

std::string signature(std::string_view body) {
  unsigned char sum[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), k_secret.reveal().data(), static_cast<int>(k_secret.reveal().size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), sum, &size);
  std::string text = "sha256=";
  for (const auto byte : sum) text += fmt::format("{:02x}", byte);
  return text;
}

void expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// The first byte says what is made up: the signature, the event's headers, or the signed body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const auto receive = forge::github::receive({k_secret}, "o/r");
  static const std::string body =
      R"({"pull_request": {"number": 7}, "repository": {"full_name": "o/r"}})";
  std::map<std::string, std::string> headers{{"x-github-event", "pull_request"},
                                             {"x-github-delivery", "guid-1"}};
  switch (data[0] % 4) {
    case 0:
      headers["x-hub-signature-256"] = std::string(rest);
      expect(receive(headers, body).kind == WebhookVerdict::Kind::unproven ||
             rest == signature(body));
      break;
    case 1:
      headers["x-hub-signature-256"] = signature(body);
      headers["x-github-delivery"] = std::string(rest);
      expect(receive(headers, body).kind != WebhookVerdict::Kind::unproven);
      break;
    default: {
      headers["x-hub-signature-256"] = signature(rest);
      if (data[0] % 4 == 3) headers["x-github-event"] = "issues";
      const auto heard = receive(headers, rest);
      expect(heard.kind != WebhookVerdict::Kind::unproven);
      expect((heard.kind == WebhookVerdict::Kind::hint) == heard.number.has_value());
    }
  }
  return 0;
}
