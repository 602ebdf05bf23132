#include "model/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/suggest.hpp"

namespace tidegate {
namespace {

Error contradiction(std::string message, std::string hint) {
  return {ErrorKind::config, std::move(message), std::move(hint)};
}

Error refused(std::string_view label, const DatabaseName& name, std::string_view rule,
              std::string hint) {
  return {ErrorKind::refused,
          fmt::format("refusing to write '{}' as {}: {}", name.text(), label, rule),
          std::move(hint)};
}

std::string as_target(std::string_view label) { return fmt::format("target '{}'", label); }

bool holds(const std::vector<DatabaseName>& names, const DatabaseName& name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const DatabaseName& other) { return same_database(other, name); });
}

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Whether some preview's database would be this one to a server that folds case.
std::optional<PullNumber> could_produce(const NamePattern& pattern, const DatabaseName& name) {
  const auto at = pattern.text().find(k_number_mark);
  const auto before = folded(pattern.text().substr(0, at));
  const auto after = folded(pattern.text().substr(at + k_number_mark.size()));
  const auto text = folded(name.text());
  if (text.size() <= before.size() + after.size()) return std::nullopt;
  const auto middle = text.size() - before.size() - after.size();
  if (text.compare(0, before.size(), before) != 0) return std::nullopt;
  if (text.compare(before.size() + middle, after.size(), after) != 0) return std::nullopt;
  return PullNumber::parse(std::string_view(text).substr(before.size(), middle));
}

void check_pattern(const NamePattern& pattern, const DatabaseName& name, std::string_view what) {
  const auto number = could_produce(pattern, name);
  if (!number) return;
  throw contradiction(
      fmt::format("the preview pattern '{}' could produce {} '{}': it is the name of pull request "
                  "{}",
                  pattern.text(), what, name.text(), number->value()),
      "choose a pattern that no other database's name is of");
}

// The databases that may be written, with their names in messages.
using Places = std::vector<std::pair<std::string, const DatabaseName*>>;

Places writable_places(const Topology& topology) {
  Places places;
  if (topology.snapshot) places.emplace_back("the snapshot", &*topology.snapshot);
  for (const auto& [label, name] : topology.targets) places.emplace_back(as_target(label), &name);
  return places;
}

void check_places(const Topology& topology, const Places& places) {
  for (auto place = places.begin(); place != places.end(); ++place) {
    const auto& [what, name] = *place;
    if (same_database(*name, topology.production)) {
      throw contradiction(fmt::format("{} is '{}', which is production", what, name->text()),
                          "give it a database of its own; production is never written");
    }
    if (holds(topology.engine_own, *name)) {
      throw contradiction(
          fmt::format("{} is '{}', which belongs to the server itself", what, name->text()),
          "give it a database of its own");
    }
    for (auto other = places.begin(); other != place; ++other) {
      if (!same_database(*name, *other->second)) continue;
      throw contradiction(
          fmt::format("{} and {} are one database, '{}'", other->first, what, name->text()),
          "give each a database of its own (the case of letters does not count)");
    }
  }
}

void check_pattern_against_all(const Topology& topology, const Places& places) {
  if (!topology.previews) return;
  check_pattern(*topology.previews, topology.production, "production");
  for (const auto& [what, name] : places) check_pattern(*topology.previews, *name, what);
  for (const auto& name : topology.protected_names) {
    check_pattern(*topology.previews, name, "the protected database");
  }
  for (const auto& name : topology.engine_own) {
    check_pattern(*topology.previews, name, "the server's own database");
  }
}

void refuse_locked(const LockState& lock, std::string_view label, PullNumber const* number) {
  if (!lock.locked) return;
  const auto by = lock.label.empty() ? std::string() : fmt::format(" by '{}'", lock.label);
  const auto since = lock.since.empty() ? std::string() : fmt::format(" since {}", lock.since);
  auto hint = std::string("remove its lock to allow it");
  if (number != nullptr && !lock.label.empty()) {
    hint = fmt::format("take the label '{}' off pull request {} to unlock it", lock.label,
                       number->value());
  }
  throw Error(ErrorKind::locked,
              fmt::format("'{}' is locked{}{}; nothing was changed", label, by, since),
              std::move(hint));
}

std::string known_targets(const Topology& topology) {
  std::vector<std::string> names;
  if (topology.previews) names.emplace_back("pr-<number>");
  for (const auto& [label, name] : topology.targets) names.push_back(label);
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  return out;
}

// The target that the user may have meant: its name with a mistake, or its database's name.
std::optional<std::string> meant(const Topology& topology, const std::string& text) {
  std::vector<std::string> labels;
  for (const auto& [label, name] : topology.targets) {
    if (folded(name.text()) == folded(text)) return label;
    labels.push_back(label);
  }
  if (topology.previews) {
    const std::string_view view = text;
    auto digits = view.substr(view.find_last_not_of("0123456789") + 1);
    const auto first = digits.find_first_not_of('0');
    digits.remove_prefix(std::min(digits.size(), first));
    if (const auto number = PullNumber::parse(digits)) {
      const auto own = folded(topology.previews->name_of(*number).text());
      const auto label = fmt::format("pr-{}", number->value());
      if (folded(text) == own || edit_distance(text, label) <= 1) return label;
    }
  }
  return did_you_mean(text, labels);
}

std::string of_database(const Topology& topology) {
  return topology.name.empty() ? std::string() : fmt::format(" of '{}'", topology.name);
}

/// The kind of a database that is never a target and whose name `text` is: `production`, …; empty
/// for any other text.
std::string forbidden_place(const Topology& topology, const std::string& text) {
  const auto is = [&](const DatabaseName& name) { return folded(name.text()) == folded(text); };
  if (is(topology.production)) return "production";
  // A target's own database under its database name: the hint says how it is called.
  for (const auto& [name, database] : topology.targets) {
    if (is(database)) return {};
  }
  if (topology.snapshot && is(*topology.snapshot)) return "the snapshot";
  const auto& own = topology.engine_own;
  if (std::any_of(own.begin(), own.end(), is)) return "the server's own";
  const auto& kept = topology.protected_names;
  if (std::any_of(kept.begin(), kept.end(), is)) return "protected";
  return {};
}

Error no_such_target(const Topology& topology, const std::string& text) {
  auto hint = "targets are " + known_targets(topology);
  if (const auto what = forbidden_place(topology, text); !what.empty()) {
    return {ErrorKind::refused,
            fmt::format("'{}' is not a target{}: it is {}", text, of_database(topology), what),
            "it is never written as a target; " + hint};
  }
  if (!topology.previews && topology.targets.empty()) {
    hint = "no targets are configured: add 'previews' or 'targets' to the configuration";
  } else if (const auto other = meant(topology, text)) {
    hint += fmt::format("; did you mean '{}'?", *other);
  }
  return {ErrorKind::not_found, fmt::format("'{}' is not a target{}", text, of_database(topology)),
          std::move(hint)};
}

Error no_previews(const Topology& topology, const std::string& text) {
  std::string hint = "set 'previews.database' in the configuration, for example app_pr_{number}";
  if (!topology.targets.empty()) hint += "; targets are " + known_targets(topology);
  return {
      ErrorKind::not_found,
      fmt::format("there is no '{}': no previews{} are configured", text, of_database(topology)),
      std::move(hint)};
}

}  // namespace

Gate::Gate(Topology topology) : topology_(std::move(topology)) {
  const auto places = writable_places(topology_);
  check_places(topology_, places);
  check_pattern_against_all(topology_, places);
}

// Checked again for every permission, although the constructor has checked it: this one rule must
// hold whatever is changed elsewhere in this file.
void Gate::refuse_common(const DatabaseName& name, std::string_view label) const {
  if (same_database(name, topology_.production)) {
    throw refused(label, name, "it is production",
                  "production is never written; nothing lifts this");
  }
  if (holds(topology_.engine_own, name)) {
    throw refused(label, name, "it belongs to the server itself",
                  "the server's own databases are never written; nothing lifts this");
  }
}

WriteTarget Gate::snapshot(const DatabaseName& name) const {
  refuse_common(name, "the snapshot");
  if (!topology_.snapshot) {
    throw refused("the snapshot", name, "no snapshot database is configured",
                  "set 'snapshot.database' in the configuration");
  }
  if (name != *topology_.snapshot) {
    throw refused("the snapshot", name,
                  fmt::format("the configured snapshot is '{}'", topology_.snapshot->text()),
                  "change 'snapshot.database' in the configuration if that is wrong");
  }
  return {name, WriteTarget::Role::snapshot, "snapshot"};
}

WriteTarget Gate::preview(const DatabaseName& name, PullNumber number,
                          const LockState& lock) const {
  const auto label = fmt::format("pr-{}", number.value());
  const auto what = fmt::format("preview '{}'", label);
  refuse_common(name, what);
  if (topology_.snapshot && same_database(name, *topology_.snapshot)) {
    throw refused(what, name, "it is the snapshot",
                  "only 'tidegate snapshot' writes it; nothing lifts this");
  }
  for (const auto& [other, database] : topology_.targets) {
    if (!same_database(name, database)) continue;
    throw refused(what, name, fmt::format("it is the named target '{}'", other),
                  fmt::format("name it as '{}' to fill it", other));
  }
  if (holds(topology_.protected_names, name)) {
    throw refused(what, name, "it is on the protected list",
                  "take it off 'protected' in the configuration if it may be overwritten");
  }
  if (!topology_.previews) {
    throw refused(what, name, "no previews are configured",
                  "set 'previews.database' in the configuration");
  }
  const auto expected = topology_.previews->name_of(number);
  if (name != expected) {
    throw refused(what, name,
                  fmt::format("the pattern '{}' makes '{}' of it", topology_.previews->text(),
                              expected.text()),
                  "a preview's database must have exactly the name that the pattern gives");
  }
  refuse_locked(lock, label, &number);
  return {name, WriteTarget::Role::preview, label};
}

WriteTarget Gate::target(const DatabaseName& name, const TargetName& target,
                         const LockState& lock) const {
  const auto what = as_target(target.text);
  refuse_common(name, what);
  if (topology_.snapshot && same_database(name, *topology_.snapshot)) {
    throw refused(what, name, "it is the snapshot",
                  "only 'tidegate snapshot' writes it; nothing lifts this");
  }
  const auto found = topology_.targets.find(target.text);
  if (found == topology_.targets.end()) {
    throw refused(what, name, "no such target is configured",
                  no_such_target(topology_, target.text).hint());
  }
  if (name != found->second) {
    throw refused(what, name, fmt::format("its database is '{}'", found->second.text()),
                  fmt::format("change 'targets.{}.database' in the configuration if that is wrong",
                              target.text));
  }
  refuse_locked(lock, target.text, nullptr);
  return {name, WriteTarget::Role::named, target.text};
}

namespace {

/// The part of a name that every engine takes in a database's name.
std::string plain_name(std::string_view name) {
  constexpr std::size_t k_longest = 40;
  std::string plain(name.substr(0, k_longest));
  for (auto& c : plain) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!good && c != '_' && c != '-') c = '_';
  }
  return plain;
}

}  // namespace

WriteTarget Gate::scratch(std::string_view database) const {
  const DatabaseName name("tidegate_drill_" + plain_name(database));
  refuse_common(name, "the scratch database");
  const auto taken = [&](const DatabaseName& other) { return same_database(name, other); };
  if ((topology_.snapshot && taken(*topology_.snapshot)) ||
      holds(topology_.protected_names, name) ||
      std::any_of(topology_.targets.begin(), topology_.targets.end(),
                  [&](const auto& target) { return taken(target.second); })) {
    throw refused("the scratch database", name, "the configuration uses that name",
                  "names that begin with tidegate_drill_ are tidegate's own");
  }
  return {name, WriteTarget::Role::scratch, "drill"};
}

DatabaseName Gate::database_of(const TargetName& target) const {
  if (target.number) {
    if (!topology_.previews) throw no_previews(topology_, target.text);
    return topology_.previews->name_of(*target.number);
  }
  const auto found = topology_.targets.find(target.text);
  if (found == topology_.targets.end()) throw no_such_target(topology_, target.text);
  return found->second;
}

WriteTarget Gate::permit(const TargetName& target, const LockState& lock) const {
  const auto name = database_of(target);
  return target.number ? preview(name, *target.number, lock) : this->target(name, target, lock);
}

}  // namespace tidegate
