#pragma once

/// "did you mean", and lists of names in messages.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate {

/// How many letters must be put in, taken out, changed or swapped with their neighbour (optimal
/// string alignment). Case of ASCII letters does not count.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, the first of several equal ones.
/// @returns nothing when none is near enough to be a slip: more than a third of the longer one's
/// letters (at least one is allowed) would have to change.
std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates);

/// `'a', 'b' and 'c'`; empty for an empty list.
std::string quote_list(const std::vector<std::string>& names);

}  // namespace tidegate
