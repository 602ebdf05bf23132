#pragma once

/// Pull requests and targets for tests of what is decided for them.

#include <string>
#include <vector>

#include "preview/decide.hpp"

namespace tidegate::test {

extern const std::string k_present;  ///< the commit that is the head
extern const std::string k_older;

/// Open, from the repository itself, its head at k_present.
PullRequest pull(int number, const std::vector<std::string>& labels);

/// All eight subsets of the three labels, the empty one first.
std::vector<std::vector<std::string>> label_sets();

/// Everything that a target can be: none, unknown, and seed or snapshot of the present, an older or
/// an unknown commit.
std::vector<preview::ObservedTarget> targets();

/// The state after `decision` was carried out in full.
struct Afterwards {
  PullRequest pull;
  preview::ObservedTarget target;
  preview::LastReport said;
};
Afterwards carry_out(const preview::Decision& decision, PullRequest pull,
                     const preview::ObservedTarget& target);

}  // namespace tidegate::test
