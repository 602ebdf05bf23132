#pragma once

/// A relay to PostgreSQL that holds requests back: a run through it stops half-way, for as long as
/// a test wants.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace tidegate::test {

/// Listens on a port of 127.0.0.1 and passes bytes on, each connection in a thread of its own.
/// While it holds, a request for rows of a table (COPY) does not reach the server: everything
/// before that (signing in, the plan, locks) has been done.
class HeldRequests {
 public:
  /// Rows of tables are asked for when everything before (signing in, the plan, locks) is done.
  static constexpr auto k_rows = "COPY ";

  /// `uri`: of a server on 127.0.0.1, without TLS. It holds from the beginning.
  explicit HeldRequests(const std::string& uri, std::string text = k_rows);
  ~HeldRequests();
  HeldRequests(const HeldRequests&) = delete;
  HeldRequests& operator=(const HeldRequests&) = delete;

  /// The same connection string through the relay.
  std::string through(std::string uri) const;
  void hold() { holds_ = true; }
  void release() { holds_ = false; }
  /// Whether a request waits that neither side has given up.
  bool is_waited_for() const { return waiting_ > 0; }

 private:
  void accept_all(const std::stop_token& stop);
  void serve(const std::stop_token& stop, int client);
  bool pass(const std::stop_token& stop, int client, int server);
  bool wait_for_release(const std::stop_token& stop, int client, int server);

  std::string text_;
  std::string place_;  ///< `127.0.0.1:5432`, as it stands in connection strings
  int server_port_ = 0;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> holds_{true};
  std::atomic<int> waiting_{0};
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace tidegate::test
