#pragma once

/// Resolves values when they are asked for: precedence, variables, `_file` siblings, `{number}`.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"

namespace tidegate::config {

/// A value with everything replaced.
struct Resolved {
  std::string text;
  std::vector<std::string> items;  ///< of a list
  std::string key;                 ///< concrete path, with `_file` where it came from one
  std::string where;               ///< `tidegate.yaml:12`, `TIDEGATE_…`, `--timeout`, `default`
  Source source = Source::default_value;

  /// `tidegate.yaml:12: databases.syrf.engine`, to begin a message with.
  std::string place() const { return where + ": " + key; }
  /// The name of the thing to change: the variable, else the key.
  const std::string& name() const { return source == Source::environment ? where : key; }
};

/// Whether a switch is on; its form was checked when it was resolved.
bool is_on(const Resolved& value);

/// A concrete path and its row.
struct Path {
  std::string text;
  const Option* option;
};

/// Every path that can be set: for each database (and target) of the file, then those of the whole
/// program. In the table's order.
std::vector<Path> concrete_paths(const Config::Parts& parts);

class Resolver {
 public:
  /// Both outlive it.
  explicit Resolver(const Config::Parts& parts, std::optional<PullNumber> number = std::nullopt)
      : parts_(parts), number_(number) {}

  /// The value of the highest precedence, as written; nothing when it is not set, even if it has a
  /// default. Its `_file` sibling counts where the value itself is not set at the same level.
  std::optional<Value> written(const Path& path) const;
  std::optional<Value> written(const std::string& path) const;

  /// The value of the highest precedence, or the default; empty where there is neither. The text is
  /// checked as its row asks. @throws Error config: its form is wrong.
  ValueOrError<std::optional<Resolved>> attempt(const std::string& path) const;
  /// The same for a value that is required: missing when it is not set.
  ValueOrError<Resolved> attempt_required(const std::string& path) const;

  /// @throws Error config when it cannot be resolved.
  std::optional<Resolved> get(const std::string& path) const;
  Resolved required(const std::string& path) const;

  /// A variable of other programs that is no option; empty where it is not set.
  std::string variable(const std::string& name) const;

 private:
  std::optional<Value> from_flags(const Path& path) const;
  std::optional<Value> from_environment(const Path& path) const;
  std::optional<Value> from_file(const Path& path) const;
  std::optional<Value> from_stand_in(const Path& path) const;
  ValueOrError<Resolved> resolve(const Path& path, const Value& value) const;
  ValueOrError<Resolved> read_sibling(Resolved resolved) const;
  std::string number_in(std::string text) const;

  const Config::Parts& parts_;
  std::optional<PullNumber> number_;
};

/// `a, b` → its items.
std::vector<std::string> split_list(std::string_view text);

/// The beginning of a place in an object store.
inline constexpr std::string_view k_object_store = "s3://";

/// Where `{number}` may stand in an endpoint.
inline constexpr std::string_view k_number = "{number}";

}  // namespace tidegate::config
