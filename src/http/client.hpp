#pragma once

/// http: an HTTP client and an HTTP server with limits and deadlines. This file: one request, sent
/// with libcurl.

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

/// Signs a request with AWS Signature Version 4. libcurl 7.88 (Debian bookworm) does not normalise
/// the request, so the caller must: path and query of the URL are in canonical form
/// (percent-encoded, parameters sorted, `name=` for a parameter without value), the header
/// `x-amz-content-sha256` holds the payload's hash, and no header value is empty.
struct AwsSignature {
  std::string region;
  std::string service;  ///< `s3`
  std::string key_id;
  Secret key;
  Secret session_token = {};  ///< of keys that end; sent and signed as `x-amz-security-token`
};

/// A part of a file, sent as the request body.
struct FilePart {
  std::filesystem::path path;
  std::int64_t offset = 0, length = 0;
};

enum class Proxy {
  usual,  ///< from https_proxy, http_proxy, all_proxy and no_proxy
  none    ///< no proxy: for a server on this machine
};

struct Request {
  std::string method = "GET";
  std::string url;  ///< http or https only; redirects are not followed
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::optional<FilePart> file = {};  ///< sent as the body, in place of `body`
  /// Receives the body of an answer with status 200 or 206, in place of Answer::body. An exception
  /// that it throws ends the request and reaches the caller of send().
  std::function<void(std::string_view)> sink = {};
  std::optional<AwsSignature> aws = {};
  Proxy proxy = Proxy::usual;
  /// PEM certificates of the only authorities that are trusted. Empty: those of SSL_CERT_FILE and
  /// SSL_CERT_DIR, which OpenSSL's own programs read too; else the system's.
  std::string ca_file = {};
  std::chrono::milliseconds stalled{60'000};  ///< no byte transferred for that long: error
                                              ///< unreachable
  /// Limit for the whole answer, even when bytes still arrive: error unreachable. Zero: no limit.
  std::chrono::milliseconds longest{0};
  std::size_t largest_answer = 16 * 1024 * 1024;  ///< of Answer::body; a larger one is an error
};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// Obeys the run's stop and time limit. Keeps connections for reuse. Not thread safe.
class Client {
 public:
  Client();
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  /// Sends one request. An answer with any status is returned.
  /// @throws Error unreachable: name resolution, connection or TLS failed, or the transfer stalled;
  /// cancelled, timeout; config: the URL or CA file is invalid; remote: the answer is too large or
  /// not HTTP, or the file to send cannot be read. Messages name the server, never path, query or
  /// keys.
  Answer send(Run& run, const Request& request);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace tidegate::http
