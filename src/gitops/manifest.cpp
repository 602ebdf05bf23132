#include "gitops/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/error.hpp"

namespace tidegate::gitops {
namespace {

constexpr std::size_t k_step = 2;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/// Words that some reader takes for a boolean or for nothing (YAML 1.1, "bool" and "null").
bool means_something(std::string_view key) {
  constexpr std::array k_words{"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  std::string low(key);
  std::transform(low.begin(), low.end(), low.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(k_words.begin(), k_words.end(), low) != k_words.end();
}

bool is_plain_key(std::string_view key) {
  if (key.empty() || !is_letter(key.front()) || means_something(key)) return false;
  return std::all_of(key.begin(), key.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == '/';
  });
}

[[noreturn]] void refuse(std::string_view why) {
  throw Error(ErrorKind::config, fmt::format("a text for a manifest {}", why),
              "names and values are texts in UTF-8");
}

/// One character and its length; refuses what is no UTF-8 (RFC 3629) and NUL.
std::pair<char32_t, std::size_t> first_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead == 0) refuse("has a NUL in it");
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) refuse("is not UTF-8");
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80) refuse("is not UTF-8");
    code = (code << 6U) | (byte(at) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> k_least{0, 0, 0x80, 0x800, 0x10000};
  if (code < k_least.at(length) || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) {
    refuse("is not UTF-8");
  }
  return {code, length};
}

/// Characters that YAML does not print as they are, or folds as line breaks (YAML 1.1, 5.4).
bool must_escape(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029 ||
         code == 0xFEFF || code == 0xFFFE || code == 0xFFFF;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto [code, length] = first_character(text);
    if (code == '"' || code == '\\') {
      out += '\\';
      out += static_cast<char>(code);
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (must_escape(code)) {
      out += code < 0x100 ? fmt::format("\\x{:02X}", static_cast<unsigned>(code))
                          : fmt::format("\\u{:04X}", static_cast<unsigned>(code));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out + '"';
}

/// Several lines that read the same in a block as they do quoted: no character that must be
/// escaped, no blank before a line's end, nothing that could be taken for the block's indentation.
bool fits_a_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == '\n' || text.front() == ' ') {
    return false;
  }
  for (auto rest = text; !rest.empty();) {
    const auto [code, length] = first_character(rest);
    if (code != '\n' && must_escape(code)) return false;
    rest.remove_prefix(length);
  }
  return text.find(" \n") == std::string_view::npos && text.back() != ' ';
}

std::string block(std::string_view text, std::size_t indentation) {
  const auto last = text.find_last_not_of('\n');
  const auto ends = text.size() - last - 1;
  std::string out = ends == 0 ? "|-" : ends == 1 ? "|" : "|+";
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    out += '\n';
    if (!line.empty()) out += std::string(indentation, ' ').append(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string scalar(const Tree& tree, std::size_t indentation) {
  if (!tree.is_string()) return tree.dump();
  const auto& text = tree.get_ref<const std::string&>();
  return fits_a_block(text) ? block(text, indentation) : in_quotes(text);
}

std::string key_text(const std::string& key) { return is_plain_key(key) ? key : in_quotes(key); }

void write(std::string& out, const Tree& tree, std::size_t indentation);

/// Writes the value after `key:` or `-`, with the line's end.
void write_value(std::string& out, const Tree& tree, std::size_t indentation) {
  if (tree.is_structured() && !tree.empty()) {
    out += '\n';
    write(out, tree, indentation);
    return;
  }
  out += ' ' + (tree.is_structured() ? tree.dump() : scalar(tree, indentation)) + '\n';
}

void write_item(std::string& out, const Tree& item, std::size_t indentation) {
  out += std::string(indentation, ' ') + '-';
  if (!item.is_structured() || item.empty()) {
    write_value(out, item, indentation + k_step);
    return;
  }
  // Its first line stands behind the dash.
  std::string inner;
  write(inner, item, indentation + k_step);
  out += inner.substr(indentation + 1);
}

void write(std::string& out, const Tree& tree, std::size_t indentation) {
  if (tree.is_array()) {
    for (const auto& item : tree) write_item(out, item, indentation);
    return;
  }
  for (const auto& [key, value] : tree.items()) {
    out += std::string(indentation, ' ') + key_text(key) + ':';
    write_value(out, value, indentation + k_step);
  }
}

}  // namespace

std::string to_yaml(const Tree& tree) {
  if (!tree.is_structured() || tree.empty()) {
    return (tree.is_structured() ? tree.dump() : scalar(tree, k_step)) + '\n';
  }
  std::string out;
  write(out, tree, 0);
  return out;
}

std::string to_documents(std::string_view comment, const std::vector<Tree>& trees) {
  auto out = fmt::format("# {}\n", comment);
  for (std::size_t at = 0; at < trees.size(); ++at) {
    if (at > 0) out += "---\n";
    out += to_yaml(trees[at]);
  }
  return out;
}

std::string written_text(std::string_view yaml, std::string_view key) {
  const auto begin = fmt::format("{}: \"", key);
  const auto found = yaml.find(begin);
  if (found == std::string_view::npos) return {};
  const auto value = yaml.substr(found + begin.size());
  return std::string(value.substr(0, value.find('"')));
}

}  // namespace tidegate::gitops
