#pragma once

/// Requests to GitHub's API: rate limits, retries, redirects and pages.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/run.hpp"
#include "forge/github/json.hpp"
#include "http/client.hpp"

namespace tidegate::forge::github {

/// Returns the value of the `Authorization` header; called before each request. `refused`: the last
/// value was answered with 401. Return an empty text when there is no other value; otherwise the
/// request is sent once more.
using Authorize = std::function<std::string(Run&, bool refused)>;

struct Reply {
  int status = 0;
  Json body;         ///< null when there is none
  std::string next;  ///< URL of the next page; empty on the last page
};

/// One host, one credential at a time. Not thread safe.
///
/// - An answer 403 or 429 that means a rate limit is waited for: `retry-after`, else until
///   `x-ratelimit-reset`, else a minute that doubles. Each wait is logged. The waits end with the
///   run's time limit, and after a little more than an hour in all; a longer wait is Error timeout
///   immediately. There is at least one second between writes.
/// - GET, PUT, PATCH and DELETE are retried after network errors and 5xx. POST is not, because it
///   may have been done.
/// - GETs are conditional: an unchanged answer does not count against the limit. Long lists are not
///   cached.
/// - Redirects are followed; the credential is not sent to another host.
class RestApi {
 public:
  explicit RestApi(std::string api_url);

  /// `path`: below the API's address, with query, percent-encoded; or a complete URL of the same
  /// host. `accepted`: statuses besides 2xx that are not errors.
  /// @throws Error as Forge says. The message has method, path, status and GitHub's own words.
  Reply send(Run& run, const Authorize& authorize, const std::string& method,
             const std::string& path, const Json& body = {},
             std::initializer_list<int> accepted = {});

  /// Reads all pages of a list and calls `item` for each entry.
  void each(Run& run, const Authorize& authorize, const std::string& path,
            const std::function<void(const Json&)>& item);

  const std::string& api_url() const { return api_url_; }
  /// Requests sent so far, retries and pages included.
  int requests() const { return requests_; }

 private:
  struct CachedReply {
    std::string etag, next;
    Json body;
  };
  http::Answer exchange(Run& run, const Authorize& authorize, const http::Request& request);
  http::Answer follow(Run& run, const Authorize& authorize, http::Request request);
  http::Answer within_limits(Run& run, const Authorize& authorize, const http::Request& request);
  void pause_between_writes(const Run& run, const std::string& method);
  Reply remembered_or(const std::string& url, const http::Answer& answer);

  std::string api_url_, origin_;
  http::Client client_;
  std::map<std::string, CachedReply> remembered_;  // by URL
  std::optional<SteadyTime> last_write_;
  int requests_ = 0;
};

}  // namespace tidegate::forge::github
