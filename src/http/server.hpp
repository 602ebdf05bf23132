#pragma once

/// A small HTTP server for health, and for what comes later: limits on everything, no TLS (a proxy
/// in front does that).

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"

namespace tidegate::http {

struct Incoming {
  std::string method = {}, path = {}, query = {};   ///< path decoded, without query
  std::map<std::string, std::string> headers = {};  ///< names in lower case
  std::string body = {};
};

struct Outgoing {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body = {};
  std::map<std::string, std::string> headers = {};
};

/// Called on the server's threads, at most `threads` at once. What it throws becomes a 500, and is
/// logged.
using Handler = std::function<Outgoing(const Incoming&)>;

struct Listen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any that is free
  int threads = 2;
  int most_connections = 64;
  std::size_t largest_header = 16 * 1024;
  std::size_t largest_body = 1024 * 1024;
  /// Requests with a body of more than 1 MiB, or of no stated size, at once; others get 503.
  int most_large = 2;
  std::chrono::milliseconds patience{10'000};  ///< for a whole request, and for each answer
};

/// Serves from its construction to its destruction, which ends all connections and waits for
/// handlers at work. Pipelined requests are answered in turn. When all places are taken, the
/// connection that has waited longest for its client's next byte gives way to a new one.
class Server {
 public:
  /// @throws Error config: the address cannot be listened on (which, why, what to do).
  Server(const Listen& listen, Handler handler, Log& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  std::uint16_t port() const;

 private:
  struct Machinery;
  std::unique_ptr<Machinery> machinery_;
};

}  // namespace tidegate::http
