#pragma once

/// One JSON string, for places that write a line of JSON without a JSON library.

#include <string>
#include <string_view>

namespace tidegate {

/// The text between double quotes, escaped as RFC 8259 asks. Bytes that are not UTF-8 become
/// U+FFFD, so that the result is always valid JSON.
std::string json_quote(std::string_view text);

/// The text with control characters as `\n`, `\t` or `\x1b`: one line, harmless on a terminal.
std::string one_line(std::string_view text);

}  // namespace tidegate
