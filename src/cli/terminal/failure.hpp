#pragma once

/// The output of a failure, and the exit code of the program.

#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "cli/terminal/screen.hpp"

namespace tidegate::cli {

/// For people, as one JSON document, or as a line of a JSON log.
enum class ErrorForm { text, json, log_line };
/// Works without a parsed command line, since that may be the failure: `--json` or `--log-format
/// json` anywhere in it, or TIDEGATE_JSON, TIDEGATE_LOG_FORMAT. The first of these wins.
ErrorForm error_form(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment);

/// `tidegate: error: …`, then the hint, each of its lines indented. Folded between words where a
/// width is given.
std::string error_text(const Error& error, int width = 0);
/// `{"error": {"kind", "message", "hint", "exit_code", "run"}}`, and `context` where there is one.
std::string error_json(const Error& error, std::string_view run);
/// The same facts as a line of the log.
std::string error_line(const Error& error, std::string_view run, const Redactor& redactor);
/// An unexpected failure as an Error of kind internal that says where to report it.
Error unexpected(const std::exception& failure);

/// Writes it (text and log line on standard error, JSON on standard output).
/// @returns the exit code.
int tell(Screen& screen, const Redactor& redactor, const Error& error, ErrorForm form,
         std::string_view run);

}  // namespace tidegate::cli
