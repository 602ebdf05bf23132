/// Says when expressions are due: reads `expression<TAB>2026-11-22T03:00:00Z` from each line,
/// prints the next three moments after that and, behind a tab, the expression as it is written for
/// others; or `refused` and why.

#include <fmt/format.h>

#include <iostream>
#include <string>

#include "base/error.hpp"
#include "base/utc.hpp"
#include "model/schedule.hpp"

namespace {

constexpr int k_times = 3;

std::string answer(const std::string& line) {
  const auto tab = line.find('\t');
  if (tab == std::string::npos) return "refused no tab in the line";
  auto moment = tidegate::parse_rfc3339(line.substr(tab + 1));
  if (!moment) return "refused no moment in the line";
  try {
    const tidegate::Schedule schedule(line.substr(0, tab));
    std::string times;
    for (int i = 0; i < k_times; ++i) {
      moment = schedule.next_after(*moment);
      times += fmt::format("{}{}", i == 0 ? "" : " ", tidegate::to_rfc3339(*moment));
    }
    return fmt::format("{}\t{}", times, schedule.portable_text());
  } catch (const tidegate::Error& error) {
    return "refused " + error.message();
  }
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) fmt::print("{}\n", answer(line));
}
