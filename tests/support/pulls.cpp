#include "support/pulls.hpp"

#include <algorithm>

namespace tidegate::test {

using preview::Action;
using preview::ObservedTarget;
using preview::TargetContent;

const std::string k_present = "4be1c02d9f3a5b6c7d8e9f0a1b2c3d4e5f6a7b8c";
const std::string k_older = "0ddba11d9f3a5b6c7d8e9f0a1b2c3d4e5f6a7b8c";

PullRequest pull(int number, const std::vector<std::string>& labels) {
  return {.number = PullNumber::parse(std::to_string(number)).value(),
          .commit = k_present,
          .labels = labels};
}

std::vector<std::vector<std::string>> label_sets() {
  const LabelNames names;
  std::vector<std::vector<std::string>> sets;
  for (unsigned bits = 0; bits < 8; ++bits) {
    auto& set = sets.emplace_back();
    if (bits & 4U) set.push_back(names.preview);
    if (bits & 2U) set.push_back(names.snapshot);
    if (bits & 1U) set.push_back(names.lock);
  }
  return sets;
}

std::vector<ObservedTarget> targets() {
  std::vector<ObservedTarget> all{{TargetContent::nothing}};
  for (const auto holds : {TargetContent::seed, TargetContent::snapshot}) {
    for (const auto& commit : {k_present, k_older, std::string()}) all.push_back({holds, commit});
  }
  all.push_back({TargetContent::unknown});
  return all;
}

Afterwards carry_out(const preview::Decision& decision, PullRequest pull,
                     const ObservedTarget& target) {
  for (const auto& label : decision.labels.add) pull.labels.push_back(label);
  for (const auto& label : decision.labels.remove) {
    std::erase_if(pull.labels, [&](const auto& other) { return has_label({other}, label); });
  }
  auto after = target;
  if (decision.action != Action::none) {
    after = {decision.afterwards, decision.afterwards == TargetContent::nothing ? "" : pull.commit};
  }
  return {std::move(pull), std::move(after), decision.said};
}

}  // namespace tidegate::test
