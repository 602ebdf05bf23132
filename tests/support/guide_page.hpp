#pragma once

/// Pages of the documentation, read so that a test can do what they say.

#include <filesystem>
#include <string>
#include <vector>

namespace tidegate::test {

/// A fenced block: "```sh mongodb".
struct CodeBlock {
  std::string language;  ///< `sh`, `text`, `yaml`; empty where the page names none
  std::string engine;    ///< the only one that it is about; empty for both
  std::vector<std::string> lines;
  int line = 0;  ///< of the page, the fence that opens it

  std::string text() const;
};

/// In the order of the page. A fence that is never closed is a test failure.
std::vector<CodeBlock> code_blocks(const std::string& page);

/// The part of the page below this heading ("## Five minutes"), with as many lines before it as the
/// page has, so that line numbers hold. A test failure, and nothing, where it has no such heading.
std::string section_of(const std::string& page, const std::string& heading);

/// Whether each line of `expected` is among those of `seen`, in the same order. "…" in an expected
/// line stands for any text. @returns the first line that is missing; empty when none is.
std::string first_unseen(const std::vector<std::string>& expected, const std::string& seen);

}  // namespace tidegate::test
