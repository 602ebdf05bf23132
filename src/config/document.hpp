#pragma once

/// A YAML document as a tree that knows its lines. yaml-cpp reads it; mistakes that it accepts
/// (keys given twice, endless aliases, depth, bytes that are not UTF-8) are found here.

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::config {

/// One thing that is wrong. `line` 0: the whole file.
struct Problem {
  int line = 0;
  std::string key;  ///< concrete path; may be empty
  std::string text;
  std::string hint = {};  ///< may be empty
};

struct Node {
  enum class Kind { null, scalar, list, map };
  struct Entry;
  Kind kind = Kind::null;
  int line = 0;
  std::string text;            ///< of a scalar
  std::vector<Entry> entries;  ///< of a map, in order, each key once
  std::vector<Node> items;     ///< of a list
};

struct Node::Entry {
  std::string key;
  int line = 0;
  Node value;
};

/// `a list`, `a section of keys`, `nothing`, `a text`.
std::string_view to_text(Node::Kind kind);

/// Reads one document. Appends mistakes to `problems`; then the tree may lack keys. An empty
/// document is a null node.
Node read_document(std::string_view text, std::vector<Problem>& problems);

}  // namespace tidegate::config
