#pragma once

/// Values before they are resolved, each with its origin.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace tidegate::config {

/// Where a value comes from, in order of precedence.
enum class Source { flag, environment, file, default_value };

struct Origin {
  Source source = Source::default_value;
  std::string where;  ///< `--timeout`, `TIDEGATE_LOG_LEVEL`, `tidegate.yaml:12`, `default`
};

/// A value as written: one text, or the items of a list. Only values of the file are templates
/// (`${NAME}`); flags and environment variables are taken as they are.
struct Value {
  std::string key;  ///< concrete path: `databases.syrf.production.uri_file`
  std::vector<std::string> items;
  bool is_list = false;
  Origin origin;

  const std::string& text() const { return items.front(); }
  int line() const;  ///< of the file: `tidegate.yaml:12` → 12; 0 for any other origin
};

/// Variables by name.
using Environment = std::map<std::string, std::string>;
/// The environment of this process.
Environment process_environment();

/// Flags as given on the command line: `--timeout` → `5m`; a switch → `true`.
using Flags = std::map<std::string, std::string>;

/// A value that may not be there: exactly one of the two is set.
template <typename T>
struct ValueOrError {
  std::optional<T> value;
  std::optional<Error> missing;  ///< why it is unproven: config, with message and hint
};

/// Whether a template names variables: has a `${` that is not escaped as `$${`.
bool has_variables(std::string_view text);

/// Stands for a variable in what `as_shown` returns.
inline constexpr char k_variable_mark = '\x01';

/// A template as a reader sees it: in place of each variable its default, or the mark where the
/// default is missing or empty.
std::string as_shown(std::string_view text);

/// Replaces `${NAME}` and `${NAME:-default}` (default where NAME is unset or empty) and `$${` by
/// `${`. @returns the text; or an Error config that names the variable, `key` and `where`.
ValueOrError<std::string> expand(std::string_view text, const Environment& environment,
                                 std::string_view key, std::string_view where);

/// The fault of a template's form (`${` without end, bad name); nothing when it is good.
std::optional<std::string> template_complaint(std::string_view text);

}  // namespace tidegate::config
