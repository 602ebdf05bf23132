#include "config/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/suggest.hpp"

namespace tidegate::config {

namespace {

std::string joined(std::string_view prefix, std::string_view key) {
  return prefix.empty() ? std::string(key) : fmt::format("{}.{}", prefix, key);
}

void append_new(std::vector<std::string>& all, std::string text) {
  if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
}

/// The keys that may stand in the section that `pattern` (`databases.*.snapshot`) names; `*` where
/// the user chooses them.
std::vector<std::string> keys_of(std::string_view pattern) {
  std::vector<std::string> keys;
  for (const auto& option : options()) {
    if (option.home != Home::file) continue;
    auto rest = option.path;
    if (!pattern.empty()) {
      if (!rest.starts_with(pattern) || rest.size() <= pattern.size() ||
          rest[pattern.size()] != '.') {
        continue;
      }
      rest.remove_prefix(pattern.size() + 1);
    }
    const auto dot = rest.find('.');
    append_new(keys, std::string(rest.substr(0, dot)));
    if (dot == std::string_view::npos && option.file_sibling == FileSibling::yes) {
      append_new(keys, std::string(rest) + "_file");
    }
  }
  return keys;
}

bool good_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

constexpr const char* k_no_good_name =
    "is no good name: 1 to 63 letters, digits, '-' and '_', not beginning with '-'";

bool good_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), good_name_character);
}

/// The fault of a name that commands will use; nothing when it is good.
std::optional<std::string> name_complaint(std::string_view name) {
  if (!good_name(name)) return k_no_good_name;
  if (name == "snapshot") return "is no good name: 'snapshot' stands for the snapshot itself";
  const auto target = parse_target(name);
  if (!target || target->number) return "is no good name: 'pr-…' stands for previews";
  return std::nullopt;
}

class FileReader {
 public:
  FileReader(Config::Parts& parts, std::vector<Problem>& problems)
      : parts_(parts), problems_(problems) {}

  /// `path` and `pattern` are the same but for the names that the user has chosen.
  void section(const Node& node, const std::string& path, const std::string& pattern) {
    if (node.kind != Node::Kind::map) {
      wrong_kind(node, path,
                 node.kind == Node::Kind::null ? "has nothing in it: give it keys or take it out"
                                               : "expected a section of keys");
      return;
    }
    const auto allowed = keys_of(pattern);
    const bool names = allowed.size() == 1 && allowed.front() == "*";
    for (const auto& entry : node.entries) {
      const auto key = joined(path, entry.key);
      if (names && keys_of(pattern + ".*").empty()) {
        value_by_name(entry, key);
      } else if (names) {
        if (!take_name(entry, path, key)) continue;
        parts_.section_lines[key] = entry.line;
        section(entry.value, key, pattern + ".*");
      } else if (std::find(allowed.begin(), allowed.end(), entry.key) == allowed.end()) {
        unknown(entry, path, allowed);
      } else {
        member(entry, key, joined(pattern, entry.key));
      }
    }
    both_siblings(node, path, allowed);
  }

 private:
  void problem(int line, const std::string& key, std::string text) {
    problems_.push_back({line, key, std::move(text)});
  }

  void wrong_kind(const Node& node, const std::string& key, std::string text) {
    if (node.kind != Node::Kind::null) text += fmt::format(", found {}", to_text(node.kind));
    problem(node.line, key, std::move(text));
  }

  void unknown(const Node::Entry& entry, const std::string& path,
               const std::vector<std::string>& allowed) {
    const auto meant = did_you_mean(entry.key, allowed);
    auto text = meant ? fmt::format("unknown key; did you mean '{}'?", *meant)
                      : fmt::format("unknown key; possible here: {}", quote_list(allowed));
    problem(entry.line, joined(path, entry.key), std::move(text));
  }

  bool take_name(const Node::Entry& entry, const std::string& path, const std::string& key) {
    if (const auto wrong = name_complaint(entry.key)) {
      problem(entry.line, key, *wrong);
      return false;
    }
    // `databases` or `databases.NAME.targets`
    constexpr std::string_view k_databases = "databases.", k_targets = ".targets";
    auto& names =
        path == "databases"
            ? parts_.database_names
            : parts_.target_names[path.substr(k_databases.size(),
                                              path.size() - k_databases.size() - k_targets.size())];
    return append(names, entry, key);
  }

  /// Where no section is behind the names that the user chooses: `github.urls`.
  void value_by_name(const Node::Entry& entry, const std::string& key) {
    if (!good_name(entry.key)) {
      problem(entry.line, key, k_no_good_name);
    } else if (append(parts_.url_names, entry, key)) {
      scalar(entry.value, key, *find_option(key));
    }
  }

  bool append(std::vector<std::string>& names, const Node::Entry& entry, const std::string& key) {
    const auto variable = environment_name(entry.key);
    for (const auto& other : names) {
      if (environment_name(other) != variable) continue;
      problem(entry.line, key,
              fmt::format("is too like '{}': both have the same variables, {}…", other,
                          environment_name(key)));
      return false;
    }
    names.push_back(entry.key);
    return true;
  }

  void member(const Node::Entry& entry, const std::string& key, const std::string& pattern) {
    // `previews.seed` is a word, or a section.
    const auto* own = find_option(key);
    const bool is_word = own != nullptr && entry.value.kind == Node::Kind::scalar;
    if (!keys_of(pattern).empty() && (!is_word || own->type == Type::map)) {
      parts_.section_lines[key] = entry.line;
      section(entry.value, key, pattern);
      return;
    }
    const auto& option = *own;
    switch (option.type) {
      case Type::map:
        if (entry.value.kind != Node::Kind::map) {
          wrong_kind(entry.value, key, "expected a section of keys");
        }
        return;
      case Type::list:
      case Type::secrets:
        list(entry.value, key, option);
        return;
      default:
        scalar(entry.value, key, option);
    }
  }

  void scalar(const Node& node, const std::string& key, const Option& option) {
    if (node.kind == Node::Kind::null) {
      problem(node.line, key, fmt::format("has no value, expected {}", expectation(option)));
    } else if (node.kind != Node::Kind::scalar) {
      wrong_kind(node, key, fmt::format("expected {}", expectation(option)));
    } else if (literal_is_good(node, key, key.ends_with("_file") ? nullptr : &option)) {
      keep(key, {node.text}, false, node.line);
    }
  }

  /// Whether the text is good as far as it can be known now. No option: any text but none.
  bool literal_is_good(const Node& node, const std::string& key, const Option* option) {
    auto wrong = template_complaint(node.text);
    if (!wrong && !has_variables(node.text)) {
      const auto text = *expand(node.text, {}, key, {}).value;
      if (option != nullptr) wrong = complaint(*option, text);
      if (text.empty() && !wrong) wrong = "has no value";
    }
    if (wrong) problem(node.line, key, *wrong);
    return !wrong;
  }

  void list(const Node& node, const std::string& key, const Option& option) {
    if (node.kind == Node::Kind::scalar && has_variables(node.text)) {
      if (literal_is_good(node, key, nullptr)) keep(key, {node.text}, false, node.line);
      return;
    }
    if (node.kind != Node::Kind::list) {
      wrong_kind(node, key, fmt::format("expected {}", expectation(option)));
      return;
    }
    std::vector<std::string> items;
    for (const auto& item : node.items) {
      if (item.kind == Node::Kind::null || (item.kind == Node::Kind::scalar && item.text.empty())) {
        problem(item.line, key, "has an item without a value");
      } else if (item.kind != Node::Kind::scalar) {
        wrong_kind(item, key, "expected texts in the list");
      } else if (literal_is_good(item, key, nullptr)) {
        items.push_back(item.text);
      }
    }
    if (node.items.empty() && option.path.ends_with(".include")) {
      problem(node.line, key, "is an empty list: take the key out to take all collections");
    }
    keep(key, std::move(items), true, node.line);
  }

  void keep(const std::string& key, std::vector<std::string> items, bool is_list, int line) {
    parts_.file_values[key] = Value{
        key, std::move(items), is_list, {Source::file, fmt::format("{}:{}", parts_.file, line)}};
  }

  void both_siblings(const Node& node, const std::string& path,
                     const std::vector<std::string>& allowed) {
    const auto line = [&](const std::string& key) {
      for (const auto& entry : node.entries) {
        if (entry.key == key) return entry.line;
      }
      return 0;
    };
    for (const auto& key : allowed) {
      const int own = line(key), sibling = line(key + "_file");
      if (own == 0 || sibling == 0) continue;
      problem(sibling, joined(path, key + "_file"),
              fmt::format("both '{0}' (line {1}) and '{0}_file' are given: keep one", key, own));
    }
  }

  Config::Parts& parts_;
  std::vector<Problem>& problems_;
};

}  // namespace

void read_values(const Node& root, Config::Parts& parts, std::vector<Problem>& problems) {
  FileReader(parts, problems).section(root, {}, {});
}

}  // namespace tidegate::config
