#pragma once

/// A way to a server that can be cut at a chosen request: for answers that are lost.

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tidegate::test {

/// Listens on a port of 127.0.0.1 and passes bytes on, each connection in a thread of its own.
class Relay {
 public:
  /// Whether the request that is cut off still reaches the server.
  enum class Request { arrives, is_lost };

  explicit Relay(int server_port);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  int port() const { return port_; }
  /// From the first request on that holds this text nothing gets through, nor to anybody who
  /// connects anew.
  void cut_at(const std::string& text, Request request);
  bool is_cut() const { return cut_; }
  /// Lets everything through again.
  void mend();

 private:
  void accept_all();
  void serve(int client);
  /// @returns false when the connection is over.
  bool pass_request(int client, int server);
  static bool pass_answer(int client, int server);

  int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::string text_;
  Request request_ = Request::arrives;
  std::atomic<bool> cut_{false};
  std::atomic<bool> ending_{false};
  std::vector<std::thread> threads_;  ///< of connections; guarded by mutex_
  std::thread acceptor_;
};

}  // namespace tidegate::test
