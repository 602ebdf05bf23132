#include "model/forge_plan.hpp"

namespace tidegate {

std::string with_number(std::string_view pattern, PullNumber number) {
  constexpr std::string_view k_number = "{number}";
  const auto digits = std::to_string(number.value());
  std::string text(pattern);
  for (auto at = text.find(k_number); at != std::string::npos; at = text.find(k_number, at)) {
    text.replace(at, k_number.size(), digits);
    at += digits.size();
  }
  return text;
}

}  // namespace tidegate
