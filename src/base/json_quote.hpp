#pragma once

/// Quotes one JSON string where no JSON library is used.

#include <string>
#include <string_view>

namespace tidegate {

/// The text in double quotes, escaped according to RFC 8259. Bytes that are not UTF-8 become
/// U+FFFD, so the result is always valid JSON.
std::string json_quote(std::string_view text);

/// The text with control characters written as `\n`, `\t` or `\x1b`: one line, harmless on a
/// terminal.
std::string one_line(std::string_view text);

}  // namespace tidegate
