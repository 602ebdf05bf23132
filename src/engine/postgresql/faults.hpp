#pragma once

/// What the server says when it refuses, as one of the kinds of Error.

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {

/// An SQLSTATE (Appendix A of the manual) as the number that Error::server_code() carries: its five
/// characters as digits of base 36.
constexpr int code_of(std::string_view state) {
  int code = 0;
  for (const char c : state) code = code * 36 + (c <= '9' ? c - '0' : c - 'A' + 10);
  return code;
}

inline constexpr int k_feature_not_supported = code_of("0A000");
inline constexpr int k_insufficient_privilege = code_of("42501");
inline constexpr int k_no_such_database = code_of("3D000");
inline constexpr int k_duplicate_database = code_of("42P04");
inline constexpr int k_object_in_use = code_of("55006");
inline constexpr int k_not_accepting = code_of("55000");

/// One error as libpq gives it. `state` is empty for what libpq itself found.
struct Fault {
  std::string state, message, detail;
};

/// `needs`: the right that the statement takes, for a refusal; may be empty where the server's own
/// words say it.
Error translate(const Fault& fault, const std::string& needs, const std::string& where);

/// Of a connection that did not come about, from libpq's verbose text, which has an SQLSTATE in it
/// where a server has answered at all.
Error translate_connect(const std::string& text, const std::string& where);

/// Whether a failed sign-in is why: a user that is new takes a while to arrive.
bool is_sign_in(const Error& error);

}  // namespace tidegate::engine::postgresql
