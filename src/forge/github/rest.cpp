#include "forge/github/rest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/duration.hpp"
#include "base/retry.hpp"
#include "base/utc.hpp"
#include "forge/github/address.hpp"
#include "forge/github/refusal.hpp"

namespace tidegate::forge::github {
namespace {

using std::chrono::seconds;

constexpr int k_tries = 4, k_most_redirects = 5;
constexpr std::size_t k_largest_answer = 32UL * 1024 * 1024, k_most_remembered = 64;
constexpr std::size_t k_largest_remembered = 64UL * 1024;  // a pull request has 25 KiB
constexpr std::chrono::milliseconds k_between_writes{1'000};
constexpr std::chrono::minutes k_longest_answer{2};
/// Limits are per hour: a request that is still refused after such a wait is refused for another
/// reason.
constexpr std::chrono::minutes k_longest_waits{65};

bool is_write(const std::string& method) { return method != "GET" && method != "HEAD"; }

bool may_be_repeated(const std::string& method) { return method != "POST"; }

std::string header_of(const http::Answer& answer, const char* name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? std::string() : found->second;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

std::string path_of(const std::string& url) {
  const auto path = url.find('/', url.find("://") + 3);
  return path == std::string::npos ? "/" : url.substr(path, url.find('?') - path);
}

}  // namespace

RestApi::RestApi(std::string api_url) : api_url_(std::move(api_url)) {
  check_api_url(api_url_);
  while (api_url_.ends_with('/')) api_url_.pop_back();
  origin_ = origin_of(api_url_);
}

// GitHub: "wait at least one second between each request" that makes or changes something. A host
// on this machine has no such limits.
void RestApi::pause_between_writes(const Run& run, const std::string& method) {
  if (!is_write(method) || is_loopback(origin_)) return;
  const auto now = run.clock().steady();
  if (last_write_ && now - *last_write_ < k_between_writes) {
    run.sleep(std::chrono::ceil<std::chrono::milliseconds>(*last_write_ + k_between_writes - now));
  }
  last_write_ = run.clock().steady();
}

http::Answer RestApi::exchange(Run& run, const Authorize& authorize, const http::Request& request) {
  constexpr int k_unauthorized = 401;
  const auto send = [&](const std::string& authorization) {
    pause_between_writes(run, request.method);
    auto signed_request = request;
    if (!authorization.empty()) signed_request.headers.emplace_back("Authorization", authorization);
    ++requests_;
    return client_.send(run, signed_request);
  };
  // A redirect may lead to another host, which must not see the credential.
  if (origin_of(request.url) != origin_) return send({});
  auto answer = send(authorize(run, false));
  if (answer.status != k_unauthorized) return answer;
  const auto another = authorize(run, true);
  return another.empty() ? answer : send(another);
}

http::Answer RestApi::follow(Run& run, const Authorize& authorize, http::Request request) {
  for (int redirects = 0; redirects <= k_most_redirects; ++redirects) {
    auto answer = exchange(run, authorize, request);
    if (!is_redirect(answer.status)) return answer;
    auto location = header_of(answer, "location");
    if (location.starts_with('/')) location = origin_of(request.url) + location;
    if (!origin_of(location).starts_with("https://") && !is_loopback(origin_of(location))) break;
    request.url = location;
  }
  throw Error(
      ErrorKind::remote,
      fmt::format("{} {}: the redirect has no usable target", request.method, path_of(request.url)),
      "check whether the repository was renamed or moved");
}

http::Answer RestApi::within_limits(Run& run, const Authorize& authorize,
                                    const http::Request& request) {
  std::chrono::milliseconds waited{0};
  for (int waits = 0;; ++waits) {
    auto answer = follow(run, authorize, request);
    const auto wait = rate_limit_wait(answer, run.clock().now(), waits);
    if (!wait) return answer;
    const auto left = std::min<std::chrono::milliseconds>(run.remaining().value_or(k_longest_waits),
                                                          k_longest_waits - waited);
    if (left <= *wait) {
      throw Error(
          ErrorKind::timeout,
          fmt::format("GitHub's rate limit is reached, for {} more", to_text(*wait)),
          "the wait is longer than this run allows; GitHub explains it under 'Rate limits for "
          "the REST API'");
    }
    run.log().warning("GitHub's rate limit is reached: waiting",
                      {{"for", to_text(*wait)}, {"run", run.id()}});
    run.sleep(*wait);
    waited += std::max<std::chrono::milliseconds>(*wait, seconds{1});
  }
}

Reply RestApi::remembered_or(const std::string& url, const http::Answer& answer) {
  constexpr int k_not_modified = 304;
  if (answer.status == k_not_modified) {
    const auto& known = remembered_.at(url);
    return {200, known.body, known.next};
  }
  Reply reply{answer.status, {}, next_page(header_of(answer, "link"))};
  if (!answer.body.empty()) {
    auto json = parse_json(answer.body);
    if (!json) throw not_json(answer, path_of(url));
    reply.body = *std::move(json);
  }
  const auto etag = header_of(answer, "etag");
  remembered_.erase(url);
  if (!etag.empty() && answer.status == 200 && answer.body.size() <= k_largest_remembered) {
    if (remembered_.size() >= k_most_remembered) remembered_.clear();
    remembered_[url] = {etag, reply.next, reply.body};
  }
  return reply;
}

Reply RestApi::send(Run& run, const Authorize& authorize, const std::string& method,
                    const std::string& path, const Json& body,
                    std::initializer_list<int> accepted) {
  http::Request request;
  request.method = method;
  request.url = path.starts_with("http") ? path : api_url_ + path;
  request.largest_answer = k_largest_answer;
  request.longest = k_longest_answer;
  request.headers = {{"Accept", "application/vnd.github+json"},
                     {"X-GitHub-Api-Version", "2022-11-28"}};
  if (is_loopback(origin_)) request.proxy = http::Proxy::none;
  if (!body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  const auto known = remembered_.find(request.url);
  if (method == "GET" && known != remembered_.end()) {
    request.headers.emplace_back("If-None-Match", known->second.etag);
  }
  Reply reply;
  retry(
      run, may_be_repeated(method) ? k_tries : 1, {},
      fmt::format("{} {}", method, path_of(request.url)), [&](int) {
        const auto answer = within_limits(run, authorize, request);
        const bool fine = answer.status / 100 == 2 || answer.status == 304;
        if (!fine && std::find(accepted.begin(), accepted.end(), answer.status) == accepted.end()) {
          throw refusal(answer, fmt::format("{} {}", method, path_of(request.url)));
        }
        reply = fine ? remembered_or(request.url, answer)
                     : Reply{answer.status, parse_json(answer.body).value_or(Json()), {}};
      });
  return reply;
}

void RestApi::each(Run& run, const Authorize& authorize, const std::string& path,
                   const std::function<void(const Json&)>& item) {
  for (auto page = path; !page.empty();) {
    const auto reply = send(run, authorize, "GET", page);
    if (!reply.body.is_array()) {
      throw Error(ErrorKind::remote, fmt::format("GET {}: GitHub's answer is not a list", path),
                  "check that 'github.api_url' is the address of GitHub's API");
    }
    for (const auto& one : reply.body) item(one);
    if (!reply.next.empty() && origin_of(reply.next) != origin_) {
      throw Error(ErrorKind::remote, fmt::format("GET {}: the next page is at another host", path),
                  "the credential is not sent to another host; check 'github.api_url'");
    }
    page = reply.next;
  }
}

}  // namespace tidegate::forge::github
