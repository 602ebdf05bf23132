#include "base/error.hpp"

namespace tidegate {

const ErrorKindRow& describe(ErrorKind kind) noexcept {
  for (const auto& row : k_error_kinds) {
    if (row.kind == kind) return row;
  }
  return k_error_kinds.front();
}

Error& Error::prefixed(std::string_view prefix) {
  message_.insert(0, std::string(prefix) + ": ");
  return *this;
}

}  // namespace tidegate
