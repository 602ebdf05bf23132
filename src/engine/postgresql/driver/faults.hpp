#pragma once

/// Translates the server's errors to the kinds of Error.

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {

/// An SQLSTATE (Appendix A of the manual) as the number in Error::server_code(): its five
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

/// One error as libpq reports it. `state` is empty for errors of libpq itself.
struct Fault {
  std::string state, message, detail;
  std::string hint = {};  ///< the server's own
};

/// `needs`: the right that the statement takes, for a refusal; may be empty where the server's own
/// message names it.
Error translate(const Fault& fault, const std::string& needs, const std::string& where);

/// For a failed connection, from libpq's verbose text, which has an SQLSTATE where a server
/// answered.
Error translate_connect(const std::string& text, const std::string& where);

/// The SQLSTATE in a text of libpq's or psql's verbose form, `ERROR:  42P01: words`: the last one
/// of several; empty where there is none.
std::string state_in(const std::string& verbose);

/// The hint for an error of this state with this message: the table's hint, or a more specific one.
/// May be empty.
std::string hint_of(std::string_view state, std::string_view words);

/// Marks the error as permanent where the table says that another try cannot help.
Error with_state(Error error, std::string_view state);

/// Whether the same statement may succeed at the next try: after a deadlock, a lack of memory, or
/// an error that the server calls internal. By Error::server_code(); false without one.
bool is_transient(const Error& error);

/// Whether it is a failed sign-in: a new user may not have reached the server yet.
bool is_sign_in(const Error& error);

}  // namespace tidegate::engine::postgresql
