#pragma once

/// Words of strangers (titles, branches, names, servers' messages) as Markdown that shows them and
/// does nothing: no HTML, no link, no mention, no way out.

#include <string>
#include <string_view>

namespace tidegate::preview {

/// The text as inline code, whatever is in it (CommonMark 0.31 §6.1: a fence longer than any run of
/// backticks inside). One line, control characters as spaces, at most 200 characters. `<`, `>` and
/// `@` are made harmless as well, since a template may put it where Markdown is not read.
std::string as_code(std::string_view text);

/// The text as a block of code, at most 4,000 bytes; begins and ends at a line of its own.
std::string as_code_block(std::string_view text);

/// At most `bytes`, cut between characters, and said so.
std::string cut_text(std::string text, std::size_t bytes);

}  // namespace tidegate::preview
