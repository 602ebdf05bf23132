#pragma once

/// cli: arguments in, use case called, text or JSON out. It decides nothing about databases.
/// This file: text as a terminal shows it: columns that line up, lines that never wrap.

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace tidegate::cli {

/// How one stream may be written to.
struct OutputStyle {
  bool unicode = false;  ///< glyphs and arrows; words otherwise
  bool colour = false;
  int width = 100;  ///< columns that a line may take
};

/// Columns that UTF-8 text takes: wide characters count two, combining ones none. Escape sequences
/// are not expected in it.
int display_width(std::string_view text);

/// The text with control characters (names come from servers) replaced by `?`, so that no name can
/// move the cursor or begin a line of its own.
std::string printable(std::string_view text);

/// At most `width` columns; longer text is cut and ends in `…` (`.` without unicode).
std::string clipped(std::string_view text, int width, const OutputStyle& look);

enum class Align { left, right };
/// Filled up with spaces to `width` columns; longer text stays as it is.
std::string padded(std::string_view text, int width, Align align = Align::left);

enum class Colour { none, green, yellow, red, dim, bold };
std::string coloured(std::string_view text, Colour colour, const OutputStyle& look);

using tidegate::counted;

/// Rows whose columns line up, two or more spaces apart.
class Table {
 public:
  explicit Table(std::vector<Align> columns, std::string indent = "  ", std::string gap = "   ");
  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }
  /// Where a column's text begins.
  int column(std::size_t index) const;
  /// Lines without trailing spaces.
  std::vector<std::string> lines() const;

 private:
  std::vector<Align> columns_;
  std::string indent_, gap_;
  std::vector<int> widths() const;
  std::vector<std::vector<std::string>> rows_;
};

/// Words of `text` in lines of at most `width` columns, every line after `indent` spaces. Line
/// breaks in the text stay.
std::vector<std::string> wrapped(std::string_view text, int width, int indent);

}  // namespace tidegate::cli
