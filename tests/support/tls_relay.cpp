#include "support/tls_relay.hpp"

#include <cstdlib>
#include <utility>

#include "support/places.hpp"

namespace tidegate::test {

TlsRelay::TlsRelay(int to)
    : server_({"python3", (source_directory() / "tests/support/tls_relay.py").string(),
               directory_.path().string(), std::to_string(to)}) {}

SetVariable::SetVariable(std::string name, const std::string& value) : name_(std::move(name)) {
  if (const char* found = std::getenv(name_.c_str())) before_ = found;
  ::setenv(name_.c_str(), value.c_str(), 1);
}

SetVariable::~SetVariable() {
  if (before_) {
    ::setenv(name_.c_str(), before_->c_str(), 1);
  } else {
    ::unsetenv(name_.c_str());
  }
}

}  // namespace tidegate::test
