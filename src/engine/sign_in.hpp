#pragma once

/// A failed sign-in (unknown user or wrong password), distinguished from a missing right.

#include "base/error.hpp"

namespace tidegate::engine {

/// Context of the Error permission that engines throw then.
inline constexpr const char* k_sign_in = "sign in";

inline bool is_sign_in(const Error& error) {
  return error.kind() == ErrorKind::permission && error.context() == k_sign_in;
}

}  // namespace tidegate::engine
