#include "engine/postgresql/driver/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/postgresql/driver/sql_states.hpp"
#include "engine/sign_in.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_invalid_authorization = code_of("28000");
constexpr int k_invalid_password = code_of("28P01");
constexpr std::size_t k_longest_words = 600;

std::string shortened(std::string words) {
  if (words.size() > k_longest_words) words = words.substr(0, k_longest_words) + " …";
  while (!words.empty() && (words.back() == '.' || words.back() == '\n')) words.pop_back();
  return words;
}

std::string words_of(const Fault& fault) {
  auto words = shortened(fault.message);
  if (!fault.detail.empty()) words += " (" + shortened(fault.detail) + ")";
  return words;
}

bool speaks_of(std::string_view words, std::string_view of) {
  return words.find(of) != std::string_view::npos;
}

// PostgreSQL does not translate its commands, and this error has no SQLSTATE of its own.
bool is_stale_collation(const Fault& fault) {
  return speaks_of(fault.hint + fault.message, "REFRESH COLLATION VERSION");
}

Error cannot_sign_in(const std::string& words, const std::string& where) {
  return {ErrorKind::permission, fmt::format("cannot sign in to {}: {}", where, words),
          std::string(k_sign_in_hint), k_sign_in};
}

std::string message_of(ErrorKind kind, const std::string& words, const Fault& fault,
                       const std::string& needs, const std::string& where) {
  switch (kind) {
    case ErrorKind::permission:
      return fmt::format("the server refuses: {} (SQLSTATE {}){}", words, fault.state,
                         needs.empty() ? "" : "; missing right: " + needs);
    case ErrorKind::no_space:
      return fmt::format("the server has no space left: {}", words);
    case ErrorKind::not_found:
      return fmt::format("{}: {}", where, words);
    case ErrorKind::timeout:
      return fmt::format("the server ended a statement at its time limit: {}", words);
    case ErrorKind::unreachable:
      return fmt::format("{} closed the connection: {} (SQLSTATE {})", where, words, fault.state);
    default:
      return fmt::format("the server reports: {} (SQLSTATE {})", words, fault.state);
  }
}

Error from_server(const Fault& fault, const std::string& needs, const std::string& where) {
  const auto words = words_of(fault);
  const auto& row = look_up(fault.state);
  if (row.prefix == "28") return with_state(cannot_sign_in(words, where), fault.state);
  const bool at_limit = fault.state == "57014" && speaks_of(words, "timeout");
  const auto kind = at_limit ? ErrorKind::timeout : row.kind;
  auto hint = hint_of(fault.state, words);
  if (hint.empty()) hint = fault.hint;
  const bool stale = is_stale_collation(fault);
  // Row level security is not a missing right on a table, which `needs` would name.
  const bool hidden = speaks_of(words, "row-level security");
  Error error(kind, message_of(kind, words, fault, hidden ? std::string() : needs, where),
              stale ? std::string(k_collation_hint) : hint);
  if (stale) error.mark_permanent();
  return with_state(std::move(error), fault.state);
}

bool is_state(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || std::isupper(c) != 0;
         });
}

/// The last `FATAL:  28P01: words` of a text that may report on several hosts.
Fault fault_in(const std::string& text) {
  constexpr std::string_view k_mark = ":  ";
  Fault fault;
  for (auto at = text.find(k_mark); at != std::string::npos; at = text.find(k_mark, at + 1)) {
    const auto state = text.substr(at + k_mark.size(), 5);
    const auto words = at + k_mark.size() + 5;
    if (!is_state(state) || text.compare(words, 2, ": ") != 0) continue;
    fault.state = state;
    fault.message = text.substr(words + 2, text.find('\n', words) - words - 2);
  }
  return fault;
}

/// Without `LOCATION: …`, which is a position in the server's own sources.
std::string without_location(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = text.substr(begin, end - begin);
    if (line.rfind("LOCATION:", 0) != 0 && !line.empty()) {
      result += (result.empty() ? "" : "; ") + line.substr(line.find_first_not_of(" \t"));
    }
    begin = end + 1;
  }
  return result;
}

}  // namespace

Error translate(const Fault& fault, const std::string& needs, const std::string& where) {
  if (fault.state.empty()) {
    return {ErrorKind::unreachable,
            fmt::format("the connection to {} was lost: {}", where, words_of(fault)),
            std::string(k_server_down_hint)};
  }
  return from_server(fault, needs, where);
}

std::string state_in(const std::string& verbose) { return fault_in(verbose).state; }

std::string hint_of(std::string_view state, std::string_view words) {
  const auto& row = look_up(state);
  if (speaks_of(words, "row-level security")) return std::string(k_row_security_hint);
  const bool may_be_extension = state == "0A000" || state == "22023" || state == "58P01";
  if (may_be_extension && speaks_of(words, "extension")) return std::string(k_extension_hint);
  return std::string(row.hint);
}

Error with_state(Error error, std::string_view state) {
  error.with_server_code(code_of(state));
  if (look_up(state).retry == Retry::in_vain) error.mark_permanent();
  return error;
}

bool is_transient(const Error& error) {
  constexpr int k_class = 36 * 36 * 36;
  const int of = error.server_code() / k_class;
  return of == code_of("40") || of == code_of("53") || of == code_of("XX");
}

Error translate_connect(const std::string& text, const std::string& where) {
  const auto fault = fault_in(text);
  if (!fault.state.empty()) return translate(fault, "CONNECT on the database", where);
  if (text.find("no password supplied") != std::string::npos) {
    return cannot_sign_in("the server asks for a password, and none is set", where)
        .with_server_code(k_invalid_password);
  }
  return {ErrorKind::unreachable,
          fmt::format("cannot reach {}: {}", where, shortened(without_location(text))),
          "check that the server runs and that this machine may connect to it"};
}

bool is_sign_in(const Error& error) {
  return error.kind() == ErrorKind::permission && (error.server_code() == k_invalid_password ||
                                                   error.server_code() == k_invalid_authorization);
}

}  // namespace tidegate::engine::postgresql
