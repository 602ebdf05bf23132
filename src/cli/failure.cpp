#include "cli/failure.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "config/options.hpp"

namespace tidegate::cli {
namespace {

/// Lines after the first begin under the first one's text.
std::string indented(std::string_view text, std::string_view margin) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += margin;
  }
  return result;
}

/// Whether every word of the context stands in the message already.
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
  for (const auto& argument : arguments) {
    if (argument == "--") break;
    if (argument == "--json") return ErrorForm::json;
  }
  const auto variable = environment.find("TIDEGATE_JSON");
  if (variable == environment.end()) return ErrorForm::text;
  return config::parse_boolean(variable->second).value_or(false) ? ErrorForm::json
                                                                 : ErrorForm::text;
}

std::string error_text(const Error& error) {
  auto text = fmt::format("tidegate: error: {}", indented(error.message(), "  "));
  if (!error.context().empty() && !says_all(error.message(), error.context())) {
    text += fmt::format("\n  at: {}", error.context());
  }
  if (!error.hint().empty())
    text += fmt::format("\n  hint: {}", indented(error.hint(), "        "));
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

Error unexpected(const std::exception& failure) {
  return Error(ErrorKind::internal, fmt::format("unexpected failure: {}", failure.what()),
               fmt::format("this is a bug in tidegate {}; please report it: the command line, this "
                           "message, the server's version, and what '--log-level debug' says",
                           TIDEGATE_VERSION));
}

int tell(Screen& screen, const Error& error, ErrorForm form, std::string_view run) {
  if (form == ErrorForm::json) {
    screen.result(error_json(error, run));
  } else {
    screen.note(error_text(error));
  }
  return error.exit_code();
}

}  // namespace tidegate::cli
