#include "engine/postgresql/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/sign_in.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_invalid_authorization = code_of("28000");
constexpr int k_invalid_password = code_of("28P01");
constexpr std::size_t k_longest_words = 600;

bool in_class(std::string_view state, std::string_view prefix) {
  return state.substr(0, prefix.size()) == prefix;
}

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

bool is_going_down(std::string_view state) {
  return in_class(state, "08") || in_class(state, "57P") || state == "53300";
}

Error refusal(const std::string& words, const std::string& needs, const std::string& state) {
  return {
      ErrorKind::permission,
      fmt::format("the server refuses: {} (SQLSTATE {}){}", words, state,
                  needs.empty() ? "" : "; missing right: " + needs),
      "'tidegate check' lists every right that is missing, 'tidegate check --grants' prints the "
      "statements that grant them"};
}

Error cannot_sign_in(const std::string& words, const std::string& where) {
  return {
      ErrorKind::permission, fmt::format("cannot sign in to {}: {}", where, words),
      "check user name and password, and that the server's pg_hba.conf lets this user come from "
      "here",
      k_sign_in};
}

Error from_server(const Fault& fault, const std::string& needs, const std::string& where) {
  const auto words = words_of(fault);
  const std::string_view state = fault.state;
  if (in_class(state, "28")) return cannot_sign_in(words, where);
  if (state == "42501") return refusal(words, needs, fault.state);
  if (state == "53100") {
    return {ErrorKind::no_space, fmt::format("the server has no space left: {}", words),
            "free space on the server, then run the command again"};
  }
  if (state == "55006" || state == "42P04") {
    return {ErrorKind::conflict, fmt::format("the server reports: {} (SQLSTATE {})", words, state)};
  }
  if (state == "3D000") return {ErrorKind::not_found, fmt::format("{}: {}", where, words)};
  if (state == "57014" && words.find("timeout") != std::string::npos) {
    return {ErrorKind::timeout,
            fmt::format("the server ended a statement at its time limit: {}", words)};
  }
  if (is_going_down(state)) {
    return {ErrorKind::unreachable,
            fmt::format("{} has ended the connection: {} (SQLSTATE {})", where, words, state),
            "check that the server runs and has connections left"};
  }
  return {ErrorKind::remote, fmt::format("the server reports: {} (SQLSTATE {})", words, state)};
}

bool is_state(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || std::isupper(c) != 0;
         });
}

/// The last `FATAL:  28P01: words` of a text that may tell of several hosts.
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

/// Without `LOCATION: …`, which speaks of the server's own sources.
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
            "check that the server runs, then run the command again"};
  }
  return from_server(fault, needs, where).with_server_code(code_of(fault.state));
}

Error translate_connect(const std::string& text, const std::string& where) {
  const auto fault = fault_in(text);
  if (!fault.state.empty()) return translate(fault, "CONNECT on the database", where);
  if (text.find("no password supplied") != std::string::npos) {
    return cannot_sign_in("the server asks for a password, and there is none", where)
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
