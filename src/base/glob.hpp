#pragma once

/// Glob patterns for names.

#include <string>
#include <string_view>

namespace tidegate {

/// Whether the pattern matches the whole name. `*` matches any bytes, `?` one character (UTF-8),
/// `[a-z]` one character of a set, `[!x]` one character outside the set, and `\` makes the next
/// character literal. A `]` directly after `[` or `[!` belongs to the set; a `[` that is never
/// closed is literal.
/// The time is at worst proportional to the product of both lengths.
bool matches(std::string_view glob, std::string_view name);

/// Whether the text contains any pattern character listed above.
bool is_glob(std::string_view text);

}  // namespace tidegate
