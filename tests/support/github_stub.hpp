#pragma once

/// A host on loopback that gives prepared answers, and remembers the requests.

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.hpp"

namespace tidegate::test {

/// Thread safe.
class GithubStub {
 public:
  GithubStub();

  /// `http://127.0.0.1:PORT`
  std::string url() const;
  /// The next answer to `GET /path`; of several each is given once, the last one repeatedly. A path
  /// without an answer gets 404.
  void answer(const std::string& method_and_path, http::Outgoing outgoing);
  void answer(const std::string& method_and_path, const std::string& json) {
    answer(method_and_path, {.status = 200, .type = "application/json", .body = json});
  }

  /// To everything that has no answer of its own, in place of 404.
  void otherwise(http::Outgoing outgoing);

  std::vector<http::Incoming> asked() const;
  /// `GET /user`, in order.
  std::vector<std::string> lines() const;

 private:
  http::Outgoing serve(const http::Incoming& request);
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<http::Outgoing>> answers_;
  http::Outgoing otherwise_{
      .status = 404, .type = "application/json", .body = R"({"message": "Not Found"})"};
  std::vector<http::Incoming> asked_;
  Redactor redactor_;
  Log log_;
  http::Server server_;
};

}  // namespace tidegate::test
