#include "cli/terminal/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <sstream>

#include "base/bytes.hpp"

namespace tidegate::cli {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
};

/// Bytes that are no UTF-8 count as one character each.
Character character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  std::size_t length = 1;
  std::uint32_t code = lead;
  if (lead >= 0xF0 && lead < 0xF8) {
    length = 4;
    code = lead & 0x07U;
  } else if (lead >= 0xE0) {
    length = 3;
    code = lead & 0x0FU;
  } else if (lead >= 0xC0) {
    length = 2;
    code = lead & 0x1FU;
  }
  if (lead < 0xC0 || at + length > text.size()) return {lead, 1};
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0U) != 0x80U) return {lead, 1};
    code = (code << 6U) | (next & 0x3FU);
  }
  return {code, length};
}

struct Range {
  std::uint32_t first, last;
};

template <std::size_t N>
bool within(std::uint32_t code, const std::array<Range, N>& ranges) {
  for (const auto& range : ranges) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

// The blocks of Unicode's East Asian Width W and F that names are likely to use, not the whole
// table.
constexpr std::array<Range, 9> k_wide{{{0x1100, 0x115F},
                                       {0x2E80, 0x303E},
                                       {0x3041, 0xA4CF},
                                       {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},
                                       {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},
                                       {0x1F300, 0x1FAFF},
                                       {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 5> k_no_width{
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}}};

int width_of(std::uint32_t code) {
  if (within(code, k_no_width)) return 0;
  return within(code, k_wide) ? 2 : 1;
}

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = character_at(text, at);
    width += width_of(next.code);
    at += next.bytes;
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = character_at(text, at);
    const bool control = next.code < 0x20 || (next.code >= 0x7F && next.code < 0xA0) ||
                         (next.code >= 0x202A && next.code <= 0x202E);
    if (control) {
      clean += '?';
    } else {
      clean += text.substr(at, next.bytes);
    }
    at += next.bytes;
  }
  return clean;
}

std::string clipped(std::string_view text, int width, const OutputStyle& look) {
  if (display_width(text) <= width) return std::string(text);
  std::string kept;
  int used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = character_at(text, at);
    if (used + width_of(next.code) > width - 1) break;
    kept += text.substr(at, next.bytes);
    used += width_of(next.code);
    at += next.bytes;
  }
  if (width > 0) kept += look.unicode ? "…" : ".";
  return kept;
}

std::string padded(std::string_view text, int width, Align align) {
  const auto missing = static_cast<std::size_t>(std::max(0, width - display_width(text)));
  std::string space(missing, ' ');
  return align == Align::left ? std::string(text) + space : space + std::string(text);
}

std::string coloured(std::string_view text, Colour colour, const OutputStyle& look) {
  if (!look.colour || colour == Colour::none) return std::string(text);
  const char* code = "0";
  switch (colour) {
    case Colour::none:
      break;
    case Colour::green:
      code = "32";
      break;
    case Colour::yellow:
      code = "33";
      break;
    case Colour::red:
      code = "31";
      break;
    case Colour::dim:
      code = "2";
      break;
    case Colour::bold:
      code = "1";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

Table::Table(std::vector<Align> columns, std::string indent, std::string gap)
    : columns_(std::move(columns)), indent_(std::move(indent)), gap_(std::move(gap)) {}

void Table::row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::vector<int> Table::widths() const {
  std::vector<int> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  return widths;
}

int Table::column(std::size_t index) const {
  const auto all = widths();
  int at = display_width(indent_);
  for (std::size_t i = 0; i < index; ++i) {
    at += all[i] + (all[i + 1] > 0 ? display_width(gap_) : 0);
  }
  return at;
}

std::vector<std::string> Table::lines() const {
  const auto widths = this->widths();
  std::vector<std::string> lines;
  for (const auto& row : rows_) {
    std::string line = indent_;
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      if (i > 0 && widths[i] > 0) line += gap_;
      line += padded(row[i], widths[i], columns_[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> wrapped(std::string_view text, int width, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::vector<std::string> lines;
  std::istringstream paragraphs{std::string(text)};
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    std::istringstream words(paragraph);
    std::string line = margin;
    for (std::string word; words >> word;) {
      const bool first = line.size() == margin.size();
      if (!first && display_width(line) + 1 + display_width(word) > width) {
        lines.push_back(line);
        line = margin + word;
      } else {
        line += (first ? "" : " ") + word;
      }
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace tidegate::cli
