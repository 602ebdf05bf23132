#pragma once

/// http: sending and serving HTTP with limits and deadlines. This file: one request, over libcurl.

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/run.hpp"
#include "base/secret.hpp"

namespace tidegate::http {

/// Signs a request as AWS services ask for (Signature Version 4). The URL's path and query must
/// stand in their canonical form already (percent-encoded, parameters sorted, `name=` where there
/// is no value), the payload's hash in a header `x-amz-content-sha256`, and no header may be empty:
/// libcurl 7.88, Debian bookworm's, puts none of that right.
struct AwsSignature {
  std::string region;
  std::string service;  ///< `s3`
  std::string key_id;
  Secret key;
};

/// A part of a file as the body of a request.
struct FilePart {
  std::filesystem::path path;
  std::int64_t offset = 0, length = 0;
};

enum class Proxy {
  usual,  ///< by the usual variables
  none    ///< for a server on this machine
};

struct Request {
  std::string method = "GET";
  std::string url;  ///< http or https; nothing else is spoken, and redirects are not followed
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::optional<FilePart> file = {};  ///< the body, in place of `body`
  /// Where the answer's body goes, in place of Answer::body; only for answers 200 and 206. What it
  /// throws ends the request and passes through.
  std::function<void(std::string_view)> sink = {};
  std::optional<AwsSignature> aws = {};
  Proxy proxy = Proxy::usual;
  std::string ca_file = {};                   ///< empty: the system's
  std::chrono::milliseconds stalled{60'000};  ///< no byte for that long: unreachable
  /// Not answered in full by then, though bytes come: unreachable. Zero: as long as they come.
  std::chrono::milliseconds longest{0};
  std::size_t largest_answer = 16 * 1024 * 1024;  ///< of Answer::body; more is an error
};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// Proxies by the usual variables. Obeys the run's stop and time limit. Keeps connections for
/// reuse. Not thread safe.
class Client {
 public:
  Client();
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  /// Any status is an answer. @throws Error unreachable: name, connection, TLS, or a stall;
  /// cancelled, timeout; config: no such URL or CA file; remote: the answer is too large or no
  /// HTTP, or the file that is sent cannot be read. Messages name the server, never path, query or
  /// keys.
  Answer send(Run& run, const Request& request);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace tidegate::http
