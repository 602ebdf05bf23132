#pragma once

/// Requests to GitHub's interface, as it wants them: rate limits, retries, redirects, pages.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/run.hpp"
#include "forge/github/json.hpp"
#include "http/client.hpp"

namespace tidegate::forge::github {

/// What is put into `Authorization`; asked for before each request. `refused`: the last one was
/// answered with 401; empty then where there is no other, else the request is sent once more.
using Authorize = std::function<std::string(Run&, bool refused)>;

struct Reply {
  int status = 0;
  Json body;         ///< null where there is none
  std::string next;  ///< URL of the next page; empty: the last one
};

/// One host, one credential at a time. Not thread safe.
///
/// - 403 and 429 that mean a rate limit are waited for (`retry-after`, else `x-ratelimit-reset`,
///   else a minute that grows), within the run's time limit and for little more than an hour in
///   all, each wait said in the log; where that is nearer than the end of the wait: Error timeout
///   at once. A second between writes.
/// - GET, PUT, PATCH and DELETE are tried again after network errors and 5xx; POST is not, since it
///   may have been done.
/// - GETs are conditional: what has not changed costs nothing of the limit. Long lists are not
/// kept.
/// - Redirects are followed, to another host without the credential.
class Rest {
 public:
  explicit Rest(std::string api_url);

  /// `path`: below the address, with query, percent-encoded, or a whole URL of the same host.
  /// `accepted`: statuses besides 2xx that are no errors.
  /// @throws Error as Forge says; message: method, path, status and GitHub's own words.
  Reply send(Run& run, const Authorize& authorize, const std::string& method,
             const std::string& path, const Json& body = {},
             std::initializer_list<int> accepted = {});

  /// All pages of a list, each item in turn.
  void each(Run& run, const Authorize& authorize, const std::string& path,
            const std::function<void(const Json&)>& item);

  const std::string& api_url() const { return api_url_; }
  /// Requests sent so far, retries and pages included.
  int requests() const { return requests_; }

 private:
  struct Remembered {
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
  std::map<std::string, Remembered> remembered_;  // by URL
  std::optional<SteadyTime> last_write_;
  int requests_ = 0;
};

}  // namespace tidegate::forge::github
