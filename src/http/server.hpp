#pragma once

/// A small HTTP server for health pages, metrics and webhooks. Everything is limited. No TLS: a
/// proxy in front provides it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"

namespace tidegate::http {

struct Incoming {
  std::string method = {}, path = {}, query = {};   ///< the path is decoded and has no query
  std::map<std::string, std::string> headers = {};  ///< names in lower case
  std::string body = {};
};

struct Outgoing {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body = {};
  std::map<std::string, std::string> headers = {};
};

/// Called on the server's threads, at most `threads` calls at a time. An exception becomes status
/// 500 and is logged.
using Handler = std::function<Outgoing(const Incoming&)>;

struct ListenOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free port
  int threads = 2;
  int most_connections = 64;
  std::size_t largest_header = 16 * 1024;
  std::size_t largest_body = 1024 * 1024;
  /// Requests that may run at a time with a body above 1 MiB or of unknown size; others get 503.
  int most_large = 2;
  std::chrono::milliseconds patience{10'000};  ///< time to receive a request, and to send an answer
};

/// Serves from construction to destruction. The destructor closes all connections and waits for
/// running handlers. Pipelined requests are answered in order. At the connection limit, the
/// connection that has waited longest for its client is closed in favour of a new one.
class Server {
 public:
  /// @throws Error config: listening on the address failed. The message names address and reason,
  /// the hint says what to do.
  Server(const ListenOptions& listen, Handler handler, Log& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  std::uint16_t port() const;

 private:
  struct Machinery;
  std::unique_ptr<Machinery> machinery_;
};

}  // namespace tidegate::http
