#pragma once

/// "did you mean" suggestions, and lists of names for messages.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate {

/// The number of letters to insert, delete, change or swap with a neighbour (optimal string
/// alignment). The case of ASCII letters is ignored.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`; the first one when several are equally near.
/// @returns nothing when no candidate is near enough to be a typing error: more than a third of the
/// longer word's letters would have to change (one change is always allowed).
std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates);

/// `'a', 'b' and 'c'`; empty for an empty list.
std::string quote_list(const std::vector<std::string>& names);

}  // namespace tidegate
