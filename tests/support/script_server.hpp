#pragma once

/// A server of the tests' own that a script runs: it prints its port in the first line of its
/// output, and ends with its standard input, so also when this process dies.

#include <optional>
#include <string>
#include <vector>

#include "base/child.hpp"

namespace tidegate::test {

/// Ends with the object. @throws std::runtime_error: it did not start.
class ScriptServer {
 public:
  explicit ScriptServer(std::vector<std::string> argv);
  ~ScriptServer();
  ScriptServer(const ScriptServer&) = delete;
  ScriptServer& operator=(const ScriptServer&) = delete;
  int port() const { return port_; }

 private:
  std::optional<Child> child_;
  int input_ = -1;
  int port_ = 0;
};

}  // namespace tidegate::test
