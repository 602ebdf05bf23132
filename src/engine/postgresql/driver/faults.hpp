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
  std::string hint = {};  ///< the server's own
};

/// `needs`: the right that the statement takes, for a refusal; may be empty where the server's own
/// words say it.
Error translate(const Fault& fault, const std::string& needs, const std::string& where);

/// Of a connection that did not come about, from libpq's verbose text, which has an SQLSTATE in it
/// where a server has answered at all.
Error translate_connect(const std::string& text, const std::string& where);

/// The SQLSTATE in a text of libpq's or psql's verbose form, `ERROR:  42P01: words`: the last one
/// of several; empty where there is none.
std::string state_in(const std::string& verbose);

/// What to do about an error of this state with these words: the table's hint, or a narrower one.
/// May be empty.
std::string hint_of(std::string_view state, std::string_view words);

/// Marked as permanent where the table says that no other try can help.
Error with_state(Error error, std::string_view state);

/// Whether the same statement may succeed at the next try: of a deadlock, of scarce memory, of what
/// the server calls internal. By Error::server_code(); false without one.
bool is_transient(const Error& error);

/// Whether a failed sign-in is why: a user that is new takes a while to arrive.
bool is_sign_in(const Error& error);

}  // namespace tidegate::engine::postgresql
