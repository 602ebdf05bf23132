#include "cli/terminal/failure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/log.hpp"
#include "cli/terminal/text.hpp"
#include "config/options.hpp"

namespace tidegate::cli {
namespace {

constexpr std::string_view k_log_format = "--log-format";
constexpr std::string_view k_log_format_is = "--log-format=";

/// Lines after the first begin at the margin. None is longer than the width, where there is one.
std::string paragraph(std::string_view text, int margin, int width) {
  const std::string next = "\n" + std::string(static_cast<std::size_t>(margin), ' ');
  if (width > 0) return fmt::format("{}", fmt::join(wrapped(text, width - margin, 0), next));
  std::string result;
  for (const char c : text) result += c == '\n' ? next : std::string(1, c);
  return result;
}

/// Whether the message already has every word of the context.
bool says_all(std::string_view message, std::string_view context) {
  while (!context.empty()) {
    const auto word = context.substr(0, context.find(' '));
    if (message.find(word) == std::string_view::npos) return false;
    context.remove_prefix(std::min(context.size(), word.size() + 1));
  }
  return true;
}

}  // namespace

ErrorForm error_form(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment) {
  const auto variable = [&](const char* name) {
    const auto at = environment.find(name);
    return at == environment.end() ? std::string() : at->second;
  };
  auto log_format = parse_log_format(variable("TIDEGATE_LOG_FORMAT"));
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--json") return ErrorForm::json;
    if (argument.starts_with(k_log_format_is)) {
      log_format = parse_log_format(argument.substr(k_log_format_is.size()));
    } else if (argument == k_log_format && i + 1 < arguments.size()) {
      log_format = parse_log_format(arguments[i + 1]);
    }
  }
  if (config::parse_boolean(variable("TIDEGATE_JSON")).value_or(false)) return ErrorForm::json;
  return log_format == LogFormat::json ? ErrorForm::log_line : ErrorForm::text;
}

std::string error_text(const Error& error, int width) {
  auto text = paragraph("tidegate: error: " + error.message(), 2, width);
  if (!error.context().empty() && !says_all(error.message(), error.context())) {
    text += "\n  " + paragraph("at: " + error.context(), 6, width);
  }
  if (!error.hint().empty()) text += "\n  " + paragraph("hint: " + error.hint(), 8, width);
  return text;
}

std::string error_json(const Error& error, std::string_view run) {
  nlohmann::ordered_json body;
  body["kind"] = describe(error.kind()).name;
  body["message"] = error.message();
  body["hint"] = error.hint();
  body["exit_code"] = error.exit_code();
  body["run"] = run;
  if (!error.context().empty()) body["context"] = error.context();
  if (error.server_code() != 0) body["server_code"] = error.server_code();
  nlohmann::ordered_json document;
  document["error"] = std::move(body);
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string error_line(const Error& error, std::string_view run, const Redactor& redactor) {
  LogFields fields{{"run", std::string(run)},
                   {"kind", std::string(describe(error.kind()).name)},
                   {"exit_code", std::to_string(error.exit_code())},
                   {"hint", error.hint()}};
  if (!error.context().empty()) fields.emplace_back("context", error.context());
  if (error.server_code() != 0) {
    fields.emplace_back("server_code", std::to_string(error.server_code()));
  }
  std::string result;
  Log log(LogLevel::error, LogFormat::json, redactor,
          [&](std::string_view line) { result = line; });
  log.error(error.message(), fields);
  return result;
}

Error unexpected(const std::exception& failure) {
  return Error(ErrorKind::internal, fmt::format("unexpected failure: {}", failure.what()),
               fmt::format("this is a bug in tidegate {}; please report it: the command line, this "
                           "message, the server's version, and what '--log-level debug' says",
                           TIDEGATE_VERSION));
}

int tell(Screen& screen, const Redactor& redactor, const Error& error, ErrorForm form,
         std::string_view run) {
  switch (form) {
    case ErrorForm::json:
      screen.result(error_json(error, run));
      break;
    case ErrorForm::log_line:
      screen.note(error_line(error, run, redactor));
      break;
    case ErrorForm::text:
      screen.note(error_text(error, screen.err().terminal ? screen.live_look().width : 0));
      break;
  }
  return error.exit_code();
}

}  // namespace tidegate::cli
