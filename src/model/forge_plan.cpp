#include "model/forge_plan.hpp"

namespace tidegate {

std::string with_number(std::string_view pattern, PullNumber number) {
  const auto digits = std::to_string(number.value());
  std::string text(pattern);
  for (auto at = text.find(k_number_mark); at != std::string::npos;
       at = text.find(k_number_mark, at)) {
    text.replace(at, k_number_mark.size(), digits);
    at += digits.size();
  }
  return text;
}

}  // namespace tidegate
