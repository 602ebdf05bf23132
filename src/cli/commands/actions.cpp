#include "cli/commands/actions.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/error.hpp"

namespace tidegate::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_deepest = 100;

/// No real event is nested deeper. The limit keeps hostile texts from exhausting the parser's
/// stack.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_text && c == '\\') ++at;
    if (c == '"') in_text = !in_text;
    if (in_text) continue;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    if (depth > k_deepest) return true;
  }
  return false;
}

std::optional<PullNumber> number_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  if (found->is_number_integer())
    return PullNumber::parse(std::to_string(found->get<std::int64_t>()));
  return found->is_string() ? PullNumber::parse(found->get<std::string>()) : std::nullopt;
}

const Json* object(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_object() ? &*found : nullptr;
}

std::optional<PullNumber> find_number(const Json& event) {
  if (const auto* pull = object(event, "pull_request")) return number_in(*pull, "number");
  const auto* issue = object(event, "issue");
  if (issue != nullptr && object(*issue, "pull_request") != nullptr) {
    return number_in(*issue, "number");
  }
  const auto* inputs = object(event, "inputs");
  return inputs != nullptr ? number_in(*inputs, "number") : std::nullopt;
}

std::string random_word() {
  std::random_device entropy;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", entropy(), entropy(), entropy(), entropy());
}

std::string escaped(std::string_view text, std::string_view also) {
  std::string out;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || also.find(c) != also.npos;
    if (special) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

PullNumber number_in_event(std::string_view json, std::string_view repository) {
  const auto event = too_deep(json) ? Json() : Json::parse(json, nullptr, false);
  if (!event.is_object()) {
    throw Error(ErrorKind::usage, "the event is not from GitHub: it is no JSON object",
                "run this in a GitHub Actions workflow, or use 'tidegate pr sync N'");
  }
  const auto* of = object(event, "repository");
  const auto name = of != nullptr ? of->value("full_name", Json()) : Json();
  if (name.is_string() && !repository.empty() && name.get<std::string>() != repository) {
    throw Error(ErrorKind::usage,
                fmt::format("the event is of another repository than '{}'", repository),
                "see 'github.repository' in the configuration");
  }
  if (const auto number = find_number(event)) return *number;
  throw Error(ErrorKind::usage, "the event names no pull request",
              "let the workflow run on pull_request or pull_request_target, or start it by hand "
              "with an input 'number'");
}

std::string output_lines(const std::map<std::string, std::string>& values) {
  std::string lines;
  for (const auto& [name, value] : values) {
    const auto delimiter = "tidegate_" + random_word();
    lines += fmt::format("{}<<{}\n{}\n{}\n", name, delimiter, value, delimiter);
  }
  return lines;
}

std::string annotation(std::string_view level, std::string_view title, std::string_view text) {
  return fmt::format("::{} title={}::{}", level, escaped(title, ":,"), escaped(text, ""));
}

}  // namespace tidegate::cli
