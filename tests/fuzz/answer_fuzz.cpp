// An answer of a code host, of any content, becomes a pull request or an Error.

#include <cstdint>

#include "base/error.hpp"
#include "forge/github/address.hpp"
#include "forge/github/json.hpp"
#include "forge/github/refusal.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidegate;
  const std::string text(reinterpret_cast<const char*>(data), size);
  forge::github::next_page(text);
  forge::github::origin_of(text);
  const http::Answer answer{.status = 403, .headers = {{"retry-after", text}}, .body = text};
  forge::github::rate_limit_wait(answer, {}, 0);
  forge::github::refusal(answer, "GET /");
  const auto json = forge::github::parse_json(text);
  if (!json) return 0;
  try {
    forge::github::pull_of(*json);
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
