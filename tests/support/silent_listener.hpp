#pragma once

/// A server that accepts connections and never answers.

#include <string>

namespace tidegate::test {

/// Accepts connections on a port of 127.0.0.1, and never sends anything.
class SilentListener {
 public:
  /// @throws std::runtime_error: there is no free port.
  SilentListener();
  ~SilentListener();
  SilentListener(const SilentListener&) = delete;
  SilentListener& operator=(const SilentListener&) = delete;
  /// `127.0.0.1:PORT`
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_, port_ = 0;
};

}  // namespace tidegate::test
