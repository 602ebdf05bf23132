#pragma once

/// Untrusted text (titles, branches, names, servers' messages) as Markdown that only displays it:
/// no HTML, no links, no mentions, and no way to end the code span.

#include <string>
#include <string_view>

namespace tidegate::preview {

/// The text as inline code, for any content (CommonMark 0.31 §6.1: a fence longer than any run of
/// backticks inside). One line, control characters as spaces, at most 200 characters. `<`, `>` and
/// `@` are replaced as well, because a template may use the value where Markdown is not parsed.
std::string as_code(std::string_view text);

/// The text as a code block, at most 4,000 bytes. It begins and ends on its own line.
std::string as_code_block(std::string_view text);

/// Shortens the text to `bytes`, between characters, and marks the cut.
std::string cut_text(std::string text, std::size_t bytes);

}  // namespace tidegate::preview
