#include "config/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/ascii.hpp"
#include "config/check_forge.hpp"
#include "config/render_values.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

/// Whether one of the texts is the other followed by digits (`from_end`: preceded by them).
/// @returns those digits.
std::optional<std::string> digits_between(std::string a, std::string b, bool from_end) {
  for (auto* text : {&a, &b}) {
    std::transform(text->begin(), text->end(), text->begin(), to_lower);
    if (from_end) std::reverse(text->begin(), text->end());
  }
  if (a.size() > b.size()) std::swap(a, b);
  if (!b.starts_with(a)) return std::nullopt;
  auto rest = b.substr(a.size());
  const bool digits =
      std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  return rest;
}

/// Whether some name is of both patterns for a server that folds case. A number has at most ten
/// digits and no leading zero: `a{number}b` and `c{number}d` meet when `a` and `c` differ by digits
/// that may begin a number, and `b` and `d` by digits.
bool patterns_meet(const NamePattern& one, const NamePattern& other) {
  const auto parts = [](const NamePattern& pattern) {
    const auto at = pattern.text().find(k_number);
    return std::pair(pattern.text().substr(0, at), pattern.text().substr(at + k_number.size()));
  };
  const auto [before, after] = parts(one);
  const auto [other_before, other_after] = parts(other);
  const auto begin = digits_between(before, other_before, false);
  const auto end = digits_between(after, other_after, true);
  return begin && end && !begin->starts_with('0') && begin->size() + end->size() < 10;
}

class Checker {
 public:
  Checker(const Config& config, const Config::Parts& parts, std::vector<Problem>& problems)
      : config_(config), parts_(parts), resolver_(parts), problems_(problems) {}

  void variables() {
    for (const auto& path : concrete_paths(parts_)) {
      collect(0, {}, [&] { variable(path); });
    }
    const auto listen = resolver_.written("server.listen");
    if (!listen || (listen->origin.source == Source::file && has_variables(listen->text()))) return;
    collect(0, {}, [&] { config_.listen(); });
  }

  void pull_requests() {
    check_forge(resolver_, parts_.url_names, problems_);
    check_gitops(resolver_, problems_);
  }

  void rendering() {
    std::set<EngineKind> with_previews;
    for (const auto& name : parts_.database_names) {
      const auto kind = parse_engine_kind(engine_of(name).value_or(""));
      if (kind && written(name, "previews.database")) with_previews.insert(*kind);
    }
    check_render_values(resolver_, with_previews, problems_);
  }

  void database(const std::string& name) {
    required(name, "engine", "mongodb or postgresql");
    // A connection string may name it (try_topology).
    if (engine_of(name) != "postgresql" || !written(name, "production.uri")) {
      required(name, "production.database", "the database that is never written");
    }
    place_of_snapshot(name);
    if (const auto owner = written(name, "previews.owner"); owner && engine_of(name) == "mongodb") {
      problem(*owner, "means nothing for a mongodb database: its collections have no owner");
    }
    for (const auto& target : config_.target_names(name)) {
      required(name, fmt::format("targets.{}.database", target), "the database to fill");
    }
    previews(name);
    seeder(name);
    topology(name);
  }

  /// Databases of one engine may be on one server, so no two may fill the same names, and none may
  /// write another's production or a database that another protects.
  void together() {
    for (auto a = topologies_.begin(); a != topologies_.end(); ++a) {
      for (auto b = topologies_.begin(); b != topologies_.end(); ++b) {
        if (a == b || engine_of(a->first) != engine_of(b->first)) continue;
        if (a->first < b->first) {
          overlap(*a, *b);
          same_place(*a, *b);
        }
        production_of_another(*a, *b);
        place_of_another(*a, *b);
      }
    }
  }

 private:
  using Known = std::pair<const std::string, Topology>;

  template <typename Function>
  bool collect(int line, const std::string& key, const Function& function) {
    try {
      function();
      return true;
    } catch (const Error& error) {
      problems_.push_back({line, key, error.message(), error.hint()});
      return false;
    }
  }

  std::optional<Value> written(const std::string& name, std::string_view key) const {
    return resolver_.written(fmt::format("databases.{}.{}", name, key));
  }

  void problem(const Value& value, std::string text, std::string hint = {}) {
    problems_.push_back({value.line(), value.key, std::move(text), std::move(hint)});
  }

  void required(const std::string& name, std::string_view key, std::string_view what) {
    const auto path = fmt::format("databases.{}.{}", name, key);
    // A value that is given and wrong is reported already.
    const auto said = std::any_of(problems_.begin(), problems_.end(),
                                  [&](const Problem& other) { return other.key == path; });
    if (said || resolver_.written(path)) return;
    problems_.push_back({section_line(path), path, fmt::format("is missing: {}", what)});
  }

  /// The line of the innermost section on the way to `path` that the file has.
  int section_line(std::string path) const {
    for (auto dot = path.rfind('.'); dot != std::string::npos; dot = path.rfind('.')) {
      path.resize(dot);
      const auto found = parts_.section_lines.find(path);
      if (found != parts_.section_lines.end()) return found->second;
    }
    return 0;
  }

  /// Flags were checked before; values of the file too.
  void variable(const Path& path) {
    const auto value = resolver_.written(path);
    if (!value || value->origin.source != Source::environment || value->key != path.text) return;
    if (path.option->type == Type::map || is_list(path.option->type)) return;
    if (const auto wrong = complaint(*path.option, value->text())) {
      problems_.push_back({0, value->origin.where, *wrong});
    }
  }

  void place_of_snapshot(const std::string& name) {
    const bool in_database = written(name, "snapshot.database").has_value();
    const auto directory = written(name, "snapshot.directory");
    if (in_database && directory) {
      problem(*directory, "both 'database' and 'directory' are given: keep one",
              "a snapshot is a database, or archives in a directory");
    } else if (!in_database && !directory) {
      required(name, "snapshot.database",
               "the database that holds the snapshot (or 'directory', for archives)");
    }
  }

  void previews(const std::string& name) {
    if (written(name, "previews.database")) return;
    for (const auto* key : {"previews.uri", "previews.username", "previews.password"}) {
      if (!written(name, key)) continue;
      required(name, "previews.database", "what previews are called, such as app_pr_{number}");
      return;
    }
  }

  void seeder(const std::string& name) {
    const auto command = written(name, "previews.seed.command");
    const auto file = written(name, "previews.seed.file");
    if (command && file) problem(*file, "both 'command' and 'file' are given: keep one");
  }

  std::optional<std::string> engine_of(const std::string& name) const {
    const auto value = written(name, "engine");
    if (!value) return std::nullopt;
    return value->text();
  }

  /// Names of databases, when all are known without the environment.
  void topology(const std::string& name) {
    bool good = true;
    bool known = engine_of(name).has_value() && written(name, "production.database").has_value();
    std::vector<std::string> keys{"production.database", "snapshot.database", "previews.database",
                                  "protected", "engine"};
    for (const auto& target : config_.target_names(name)) {
      keys.push_back(fmt::format("targets.{}.database", target));
      known = known && written(name, keys.back());
    }
    for (const auto& key : keys) {
      const auto value = written(name, key);
      if (!value) continue;
      for (const auto& item : value->items) {
        if (value->origin.source == Source::file && has_variables(item)) {
          known = false;
        } else if (key != "engine") {
          good = good_name(*value, item, key == "previews.database", kind_of(name)) && good;
        }
      }
    }
    if (!known || !good || !literal(engine_of(name).value_or(""))) return;
    // The message names the key; only the line is added.
    collect(section_line(fmt::format("databases.{}.", name)), {}, [&] {
      auto found = bare_topology(name);
      if (found) topologies_.emplace(name, std::move(*found));
    });
  }

  static bool literal(const std::string& text) { return parse_engine_kind(text).has_value(); }

  std::optional<Topology> bare_topology(const std::string& name) {
    auto found = config_.try_topology(name);
    return std::move(found.value);
  }

  EngineKind kind_of(const std::string& name) const {
    return parse_engine_kind(engine_of(name).value_or("")).value_or(EngineKind::mongodb);
  }

  bool good_name(const Value& value, const std::string& text, bool is_pattern, EngineKind kind) {
    return collect(value.line(), value.key, [&] {
      if (is_pattern) {
        const NamePattern checked(text, kind);
      } else if (value.is_list || value.origin.source == Source::file) {
        const DatabaseName checked(text, kind);
      }
    });
  }

  void overlap(const Known& a, const Known& b) {
    if (!a.second.previews || !b.second.previews) return;
    if (!patterns_meet(*a.second.previews, *b.second.previews)) return;
    problem(*written(b.first, "previews.database"),
            fmt::format("'{}' and '{}' of '{}' can make the same name", b.second.previews->text(),
                        a.second.previews->text(), a.first));
  }

  /// The databases that are configured by a name of their own: the key, and the name.
  static std::vector<std::pair<std::string, DatabaseName>> named_places(const Topology& topology) {
    std::vector<std::pair<std::string, DatabaseName>> places;
    if (topology.snapshot) places.emplace_back("snapshot.database", *topology.snapshot);
    for (const auto& [target, name] : topology.targets) {
      places.emplace_back(fmt::format("targets.{}.database", target), name);
    }
    return places;
  }

  void same_place(const Known& a, const Known& b) {
    for (const auto& [key, name] : named_places(b.second)) {
      for (const auto& [other_key, other] : named_places(a.second)) {
        if (!same_database(name, other)) continue;
        problem(*written(b.first, key),
                fmt::format("'{}' is 'databases.{}.{}', too", name.text(), a.first, other_key));
      }
    }
  }

  void place_of_another(const Known& writer, const Known& owner) {
    const auto& pattern = writer.second.previews;
    if (!pattern) return;
    const auto say = [&](const DatabaseName& name, const std::string& key) {
      if (!of_pattern(*pattern, name, kind_of(writer.first))) return;
      problem(*written(writer.first, "previews.database"),
              fmt::format("'{}' can make '{}', which is in 'databases.{}.{}'", pattern->text(),
                          name.text(), owner.first, key));
    };
    for (const auto& [key, name] : named_places(owner.second)) say(name, key);
    for (const auto& name : owner.second.protected_names) say(name, "protected");
  }

  void production_of_another(const Known& writer, const Known& owner) {
    const auto& production = owner.second.production;
    const auto say = [&](std::string_view key) {
      problem(*written(writer.first, key), fmt::format("'{}' is the production database of '{}'",
                                                       production.text(), owner.first));
    };
    const auto& topology = writer.second;
    if (topology.snapshot && same_database(*topology.snapshot, production)) {
      say("snapshot.database");
    }
    // A server that folds case sees `App_PR_1` as `app_pr_1`.
    if (topology.previews && of_pattern(*topology.previews, production, kind_of(writer.first))) {
      say("previews.database");
    }
    for (const auto& [target, name] : topology.targets) {
      if (same_database(name, production)) say(fmt::format("targets.{}.database", target));
    }
  }

  static bool of_pattern(const NamePattern& pattern, const DatabaseName& name, EngineKind kind) {
    const auto fold = [](std::string text) {
      std::transform(text.begin(), text.end(), text.begin(), to_lower);
      return text;
    };
    const NamePattern folded_pattern(fold(pattern.text()), kind);
    return folded_pattern.number_in(DatabaseName(fold(name.text()), kind)).has_value();
  }

  const Config& config_;
  const Config::Parts& parts_;
  Resolver resolver_;
  std::vector<Problem>& problems_;
  std::map<std::string, Topology> topologies_;
};

}  // namespace

void check_meaning(const Config& config, const Config::Parts& parts,
                   std::vector<Problem>& problems) {
  Checker checker(config, parts, problems);
  checker.variables();
  checker.pull_requests();
  checker.rendering();
  for (const auto& name : parts.database_names) checker.database(name);
  checker.together();
}

}  // namespace tidegate::config
