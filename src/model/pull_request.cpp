#include "model/pull_request.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace tidegate {
namespace {

bool same_label(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace

std::string_view to_text(PullState state) {
  switch (state) {
    case PullState::open:
      return "open";
    case PullState::closed:
      return "closed";
    case PullState::merged:
      break;
  }
  return "merged";
}

std::optional<PullState> parse_pull_state(std::string_view text) {
  for (const auto state : {PullState::open, PullState::closed, PullState::merged}) {
    if (text == to_text(state)) return state;
  }
  return std::nullopt;
}

bool has_label(const std::vector<std::string>& labels, std::string_view name) {
  return std::any_of(labels.begin(), labels.end(),
                     [&](const auto& label) { return same_label(label, name); });
}

}  // namespace tidegate
