#pragma once

/// A relay to a server. It can cut the connection at a chosen request, for lost answers, or answer
/// a chosen request itself, for answers that this server never gives.

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
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
  /// From the first request on that holds this text nothing gets through, not even on new
  /// connections.
  void cut_at(const std::string& text, Request request);
  /// The next requests that hold this text do not reach the server: they fail with its code.
  void refuse(const std::string& text, int code, int times = 1);
  /// The next requests that hold this text are carried out by the server, but its answers say that
  /// their write concern was not met, and come only once release() was called.
  void deny_concern(const std::string& text, int code, int times = 1);
  /// The first request that holds this text reaches the server only once release() was called.
  void hold(const std::string& text);
  void release() { released_ = true; }
  /// From now on, whenever the server has carried out a request that holds this text, `act` is
  /// called before its answer is passed on: for what another server would have done, too.
  void after(const std::string& text, std::function<void()> act);
  /// From now on this text is another one of the same length in every answer: for a server that
  /// does not say something.
  void replace_in_answers(const std::string& text, const std::string& other);
  /// From now on the server says that it is MongoDB's own, and so is not probed: for a test of what
  /// a stand-in can only play.
  void say_mongod() { says_mongod_ = true; }
  /// Counts the requests that hold this text, from now on.
  void count(const std::string& text);
  int counted() const { return counted_; }
  /// Whether something waits to be released.
  bool holds() const { return holds_; }
  /// How many refusals are still to come.
  int refusals_left();
  bool is_cut() const { return cut_; }
  /// Lets everything through again.
  void reconnect();

 private:
  void accept_all();
  void serve(int client);
  /// @returns false when the connection is over.
  bool pass_request(int client, int server);
  bool is_refused(const std::string& request);
  /// @returns the code for its answer's write concern; 0: none.
  int denied_code(const std::string& request);
  bool is_held(const std::string& request);
  void wait_for_release();
  std::function<void()> act_after(const std::string& request);
  bool pass_and_act(int client, int server, const std::string& request,
                    const std::function<void()>& act);
  bool pass_denied(int client, int server, const std::string& request, int code);
  bool pass_answer(int client, int server);

  int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::string text_;
  Request request_ = Request::arrives;
  std::string refused_;
  int code_ = 0, refusals_left_ = 0;
  std::string denied_, held_, acted_on_;
  std::function<void()> act_;
  int denied_code_ = 0, denials_left_ = 0;
  std::string replaced_, replacement_, counted_text_;
  std::atomic<int> counted_{0};
  std::atomic<bool> says_mongod_{false};
  std::atomic<bool> holds_{false}, released_{false};
  std::atomic<bool> cut_{false};
  std::atomic<bool> ending_{false};
  std::vector<std::thread> threads_;  ///< of connections; guarded by mutex_
  std::thread acceptor_;
};

/// The connection string of a user through this relay. It is a direct one, since the address that
/// the server reports would lead past the relay.
std::string by_way_of(const Relay& relay, const std::string& uri);
/// The port of the one host that it names; nothing when there are more.
std::optional<int> port_of(const std::string& uri);

}  // namespace tidegate::test
