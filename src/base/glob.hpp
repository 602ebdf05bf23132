#pragma once

/// Globs over names.

#include <string>
#include <string_view>

namespace tidegate {

/// Whether the whole of `name` is of the pattern. `*` any bytes, `?` one character (UTF-8),
/// `[a-z]` one of a set, `[!x]` one that is not, `\` takes the next character as it is. `]` right
/// after `[` or `[!` belongs to the set; a `[` that is never closed stands for itself.
/// Time grows with the product of both lengths at worst, never faster.
bool matches(std::string_view glob, std::string_view name);

/// Whether the text has any of the marks above, so that it is not simply a name.
bool is_glob(std::string_view text);

}  // namespace tidegate
