#pragma once

/// TLS in front of a plain server of a test, with a certificate of a private authority for
/// localhost, *.localhost and 127.0.0.1.

#include <filesystem>

#include "support/program.hpp"
#include "support/script_server.hpp"

namespace tidegate::test {

class TlsRelay {
 public:
  /// Passes on to this port on loopback.
  explicit TlsRelay(int to);
  int port() const { return server_.port(); }
  /// The authority's certificate.
  std::filesystem::path ca_file() const { return directory_.path() / "ca.pem"; }

 private:
  TempDir directory_{"tls"};
  ScriptServer server_;
};

/// A variable of this process, until this goes.
class SetVariable {
 public:
  SetVariable(std::string name, const std::string& value);
  ~SetVariable();
  SetVariable(const SetVariable&) = delete;
  SetVariable& operator=(const SetVariable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace tidegate::test
