#include "preview/reported_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "preview/last_report_json.hpp"

namespace tidegate::preview {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view k_begin = "<!-- tidegate:state ";
constexpr std::string_view k_end = " -->";

constexpr std::array<Notice, 9> k_notices{
    Notice::filled,      Notice::dropped,        Notice::seed_next,
    Notice::refused_add, Notice::refused_remove, Notice::locked,
    Notice::unlocked,    Notice::kept,           Notice::failed,
};

/// No double dash and no angle bracket, so that the state cannot end the comment that hides it.
std::string hidden(const Json& json) {
  std::string out;
  for (const char c : json.dump(-1, ' ', true, Json::error_handler_t::replace)) {
    if (c == '-') {
      out += "\\u002d";
    } else if (c == '>') {
      out += "\\u003e";
    } else {
      out += c;
    }
  }
  return out;
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<Notice> notices_in(const Json& json) {
  std::vector<Notice> found;
  const auto list = json.find("pending");
  if (list == json.end() || !list->is_array()) return found;
  for (const auto& each : *list) {
    for (const auto notice : k_notices) {
      if (each.is_string() && each.get<std::string>() == to_text(notice)) found.push_back(notice);
    }
  }
  return found;
}

}  // namespace

std::string status_marker(std::string_view database) {
  return fmt::format("<!-- tidegate:status v1{}{} -->", database.empty() ? "" : " ", database);
}

std::string sticky_body(std::string_view marker, const ReportedState& remembered,
                        std::string_view text) {
  Json state{{"said", to_json(remembered.said)}, {"told", remembered.told}};
  if (!remembered.shown.empty()) state["shown"] = remembered.shown;
  if (!remembered.pending.empty()) {
    for (const auto notice : remembered.pending) state["pending"].push_back(to_text(notice));
    state["afterwards"] = to_text(remembered.afterwards);
    state["before"] = remembered.before;
  }
  return fmt::format("{}\n{}{}{}\n{}", marker, k_begin, hidden(state), k_end, text);
}

ReportedState reported_state_in(std::string_view body) {
  ReportedState remembered;
  const auto begin = body.find(k_begin);
  if (begin == std::string_view::npos) return remembered;
  body.remove_prefix(begin + k_begin.size());
  const auto json = Json::parse(body.substr(0, body.find(k_end)), nullptr, false);
  if (!json.is_object()) return remembered;
  if (const auto said = json.find("said"); said != json.end()) {
    remembered.said = recover_said(*said);
  }
  if (const auto told = json.find("told"); told != json.end() && told->is_number_integer()) {
    remembered.told = told->get<int>();
  }
  remembered.shown = text_of(json, "shown");
  remembered.pending = notices_in(json);
  remembered.before = text_of(json, "before");
  remembered.afterwards =
      parse_content(text_of(json, "afterwards")).value_or(TargetContent::unknown);
  return remembered;
}

std::string notice_marker(std::string_view database, const ReportedState& remembered,
                          Notice notice) {
  return fmt::format("<!-- tidegate:notice v1{}{} {} {} -->", database.empty() ? "" : " ", database,
                     remembered.told + 1, to_text(notice));
}

}  // namespace tidegate::preview
