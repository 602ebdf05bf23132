#include "config/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

namespace tidegate::config {

namespace {

/// Real configurations are far below these limits; aliases of aliases and deep nesting exceed them.
constexpr std::size_t k_most_nodes = 20'000;
constexpr std::size_t k_deepest = 32;

/// Ends the reading; caught in read_document, so that yaml-cpp is left in one piece.
struct Refusal {
  Problem problem;
};

int line_of(const YAML::Mark& mark) { return mark.line + 1; }

std::size_t count(const Node& node) {
  std::size_t total = 1;
  for (const auto& entry : node.entries) total += count(entry.value);
  for (const auto& item : node.items) total += count(item);
  return total;
}

Node leaf(Node::Kind kind, const YAML::Mark& mark, std::string text = {}) {
  Node node;
  node.kind = kind;
  node.line = line_of(mark);
  node.text = std::move(text);
  return node;
}

/// Whether a quote opens at the mark and the file ends before it is closed: yaml-cpp silently takes
/// the rest of the file for the value then.
bool never_closed(std::string_view text, const YAML::Mark& mark) {
  if (mark.pos < 0) return false;
  auto begin = static_cast<std::size_t>(mark.pos);
  // An anchor or a tag comes first.
  while (begin < text.size() && (text[begin] == '&' || text[begin] == '!')) {
    begin = text.find_first_not_of(" \t\r\n",
                                   std::min(text.find_first_of(" \t\r\n", begin), text.size()));
  }
  if (begin >= text.size()) return false;
  const char quote = text[begin];
  if (quote != '\'' && quote != '"') return false;
  for (auto at = begin + 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      // Twice in single quotes stands for itself.
      if (quote == '"' || at + 1 == text.size() || text[at + 1] != quote) return false;
      ++at;
    }
  }
  return true;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::vector<Problem>& problems)
      : text_(text), problems_(problems) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(leaf(Node::Kind::null, mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an alias is inside the value that it names");
    auto copy = found->second;
    spend(count(copy), line_of(mark));
    add(std::move(copy), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    if (never_closed(text_, mark)) refuse(mark, "is no valid YAML: a quote is never closed");
    add(leaf(Node::Kind::scalar, mark, value), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node node;
    YAML::anchor_t anchor = 0;
    std::optional<Node> key;  ///< of a map: read, its value still to come
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string text) {
    throw Refusal{{line_of(mark), {}, std::move(text)}};
  }

  void spend(std::size_t nodes, int line) {
    nodes_ += nodes;
    if (nodes_ > k_most_nodes) {
      throw Refusal{{line, {}, fmt::format("the file has more than {} values", k_most_nodes)}};
    }
  }

  void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (levels_.size() >= k_deepest) {
      refuse(mark, fmt::format("the file is nested more than {} levels deep", k_deepest));
    }
    levels_.push_back({leaf(kind, mark), anchor, std::nullopt});
  }

  void close() {
    auto level = std::move(levels_.back());
    levels_.pop_back();
    add(std::move(level.node), level.anchor);
  }

  void add(Node node, YAML::anchor_t anchor) {
    spend(1, node.line);
    if (anchor != 0) anchors_[anchor] = node;
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& level = levels_.back();
    if (level.node.kind == Node::Kind::list) {
      level.node.items.push_back(std::move(node));
    } else if (!level.key) {
      level.key = std::move(node);
    } else {
      add_entry(level.node, *std::exchange(level.key, std::nullopt), std::move(node));
    }
  }

  void add_entry(Node& map, const Node& key, Node value) {
    if (key.kind != Node::Kind::scalar) {
      problems_.push_back({key.line, {}, "a key must be a plain word"});
      return;
    }
    for (const auto& other : map.entries) {
      if (other.key != key.text) continue;
      problems_.push_back(
          {key.line, key.text,
           fmt::format("is given twice in the same section, first in line {}", other.line)});
      return;
    }
    // For an empty value, yaml-cpp gives the mark of the next one.
    if (value.kind == Node::Kind::null) value.line = key.line;
    map.entries.push_back({key.text, key.line, std::move(value)});
  }

  std::string_view text_;
  std::vector<Problem>& problems_;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, Node> anchors_;
  Node root_;
  std::size_t nodes_ = 0;
};

/// Length of the UTF-8 sequence at the start of `text`, 0 when there is none (RFC 3629, table 3-7
/// of the Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const auto second = byte(1);
  const bool bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                   (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return bad ? 0 : length;
}

/// The line of the first byte that is not UTF-8 text.
std::optional<int> line_of_bad_byte(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return line;
    if (text.front() == '\n') ++line;
    text.remove_prefix(length);
  }
  return std::nullopt;
}

/// The first line, not after `last`, that is indented with a tab.
std::optional<int> line_with_tab(std::string_view text, int last) {
  for (int line = 1; line <= last && !text.empty(); ++line) {
    const auto end = text.find('\n');
    const auto content = text.substr(0, end);
    const auto indentation = content.substr(0, content.find_first_not_of(" \t"));
    if (indentation.find('\t') != std::string_view::npos) return line;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

Problem syntax_problem(std::string_view text, const YAML::Exception& exception) {
  const int line = exception.mark.is_null() ? 0 : line_of(exception.mark);
  if (const auto tab = line_with_tab(text, line + 1)) {
    return {*tab, {}, "is indented with a tab; YAML wants spaces"};
  }
  return {line, {}, "is no valid YAML: " + exception.msg};
}

}  // namespace

std::string_view to_text(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return "a text";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a section of keys";
  }
  return "nothing";
}

Node read_document(std::string_view text, std::vector<Problem>& problems) {
  if (const auto line = line_of_bad_byte(text)) {
    problems.push_back({*line, {}, "is not text in UTF-8"});
    return {};
  }
  constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
  TreeBuilder builder(text, problems);
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    if (!parser.HandleNextDocument(builder)) return {};
    auto root = builder.take();
    if (parser.HandleNextDocument(builder)) {
      problems.push_back({builder.take().line, {}, "starts a second document; one is expected"});
    }
    return root;
  } catch (const Refusal& refusal) {
    problems.push_back(refusal.problem);
  } catch (const YAML::Exception& exception) {
    problems.push_back(syntax_problem(text, exception));
  }
  return {};
}

}  // namespace tidegate::config
