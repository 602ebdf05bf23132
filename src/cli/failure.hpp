#pragma once

/// How a failure is told, and with which exit code the program ends.

#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cli/screen.hpp"

namespace tidegate::cli {

enum class ErrorForm { text, json };
/// Asked before (or although) the command line could be read: `--json` anywhere in it, or
/// TIDEGATE_JSON.
ErrorForm error_form(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment);

/// `tidegate: error: …`, then the hint, each of its lines indented.
std::string error_text(const Error& error);
/// `{"error": {"kind", "message", "hint", "exit_code", "run"}}`, and `context` where there is one.
std::string error_json(const Error& error, std::string_view run);
/// A failure that nobody thought of, as an Error of kind internal that says where to report it.
Error unexpected(const std::exception& failure);

/// Writes it (text on standard error, JSON on standard output).
/// @returns the exit code.
int tell(Screen& screen, const Error& error, ErrorForm form, std::string_view run);

}  // namespace tidegate::cli
