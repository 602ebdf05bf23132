#include "forge/github/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "forge/github/json.hpp"

namespace tidegate::forge::github {
namespace {

using std::chrono::seconds;

constexpr seconds k_least_wait{60}, k_longest_wait{3'600};
constexpr std::size_t k_longest_words = 200;

std::optional<std::int64_t> number_in(const http::Answer& answer, const char* name) {
  const auto found = answer.headers.find(name);
  if (found == answer.headers.end()) return std::nullopt;
  std::int64_t value = 0;
  const auto& text = found->second;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || value < 0) return std::nullopt;
  return value;
}

// On one line, cut to a length that a person reads.
std::string words_of(const http::Answer& answer) {
  auto words = text_at(parse_json(answer.body).value_or(Json()), {"message"});
  if (words.empty()) return "no message";
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  if (words.size() > k_longest_words) words.resize(k_longest_words);
  return words;
}

bool says_rate_limit(const http::Answer& answer) {
  auto words = words_of(answer);
  std::transform(words.begin(), words.end(), words.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return words.find("rate limit") != std::string::npos || words.find("abuse") != std::string::npos;
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 401:
    case 403:
    case 404:
    case 410:
      return ErrorKind::permission;
    default:
      return status >= 500 ? ErrorKind::unreachable : ErrorKind::remote;
  }
}

std::string hint_for(int status) {
  switch (status) {
    case 401:
      return "the token is invalid or has expired: check 'github.token' or 'github.app'";
    case 403:
      return "the token needs 'pull requests: write' and 'issues: write' in this repository, and "
             "'statuses: write' and 'deployments: write' where those are switched on";
    case 404:
    case 410:
      return "GitHub also answers this when a token may not see the object: check "
             "'github.repository' and "
             "the token's rights";
    default:
      return status >= 500 ? "GitHub has a failure: see www.githubstatus.com" : "";
  }
}

}  // namespace

std::optional<std::chrono::milliseconds> rate_limit_wait(const http::Answer& answer, SystemTime now,
                                                         int waits_before) {
  if (answer.status != 403 && answer.status != 429) return std::nullopt;
  if (const auto after = number_in(answer, "retry-after")) {
    return std::clamp(seconds(*after), seconds{1}, k_longest_wait);
  }
  const auto remaining = number_in(answer, "x-ratelimit-remaining");
  const auto reset = number_in(answer, "x-ratelimit-reset");
  if (remaining == 0 && reset) {
    const auto wait = std::chrono::ceil<seconds>(SystemTime(seconds(*reset)) - now);
    return std::clamp(wait + seconds{1}, seconds{1}, k_longest_wait);
  }
  if (answer.status == 403 && !says_rate_limit(answer)) return std::nullopt;
  return std::min(k_least_wait * (1 << std::min(waits_before, 6)), k_longest_wait);
}

Error refusal(const http::Answer& answer, const std::string& what) {
  return {kind_of(answer.status),
          fmt::format("GitHub: {}: {} ({})", what, answer.status, words_of(answer)),
          hint_for(answer.status)};
}

Error not_json(const http::Answer& answer, const std::string& path) {
  const auto type = answer.headers.find("content-type");
  return {ErrorKind::remote,
          fmt::format("GitHub: {}: the answer is not JSON ({})", path,
                      type == answer.headers.end() ? "of no type" : type->second),
          "check that 'github.api_url' is the address of GitHub's API, and that no proxy "
          "answers in its place"};
}

}  // namespace tidegate::forge::github
