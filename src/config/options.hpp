#pragma once

/// config: one option table → typed Config, help and reference text. It reads the file and the
/// environment, and does not know the use of the values.
/// This file: the one table. Flags, environment names, file keys, `--help`, `config show`, the JSON
/// Schema and the reference page all come from it.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::config {

enum class Type {
  text,
  secret,
  integer,
  boolean,
  duration,
  size,
  cron,
  list,
  secrets,  ///< a list of them
  choice,
  map
};

/// Whether a value of this type is never shown.
constexpr bool is_secret(Type type) { return type == Type::secret || type == Type::secrets; }
/// Whether a value of this type is several texts.
constexpr bool is_list(Type type) { return type == Type::list || type == Type::secrets; }

/// Whether a `<key>_file` sibling exists, whose file holds the value.
enum class FileSibling { no, yes };
/// Whether the option is a key of the file, or a flag (and an environment variable) only.
enum class Home { file, command_line };

/// One row. Text fields may be empty.
struct Option {
  std::string_view path{};  ///< `databases.*.snapshot.timeout`; `*` is a name that the user chooses
  Type type = Type::text;
  std::string_view help{};           ///< one line, lower case, no full stop
  std::string_view default_value{};  ///< as it would be written in the file
  std::string_view example{};
  std::string_view more{};        ///< sentences for the reference page
  std::string_view choices{};     ///< of a choice: `prefer|require`; of a cron: names for `@name`
  std::int64_t least = 0;         ///< of an integer
  std::int64_t most = INT32_MAX;  ///< of an integer
  std::string_view flag{};        ///< `--timeout`
  std::string_view commands{};    ///< that take the flag, separated by spaces; `*`: every one
  std::string_view metavar{};     ///< `DURATION`; empty: as the type says
  Home home = Home::file;
  FileSibling file_sibling = FileSibling::no;
  std::string_view needs{};  ///< what must be there to use it: `github`, `kubernetes`, …
  /// Variables of other programs, separated by spaces; the first that is set is used where nothing
  /// else is: `AWS_REGION AWS_DEFAULT_REGION`.
  std::string_view stands_in{};
  /// The variable of this option where there is no file (environment.hpp): `SNAPSHOT_DIR`.
  std::string_view alone{};
};

/// The whole table, in the order in which people should read it.
std::span<const Option> options();

/// The row of a concrete path (`databases.syrf.engine`); a `_file` sibling has its owner's row. The
/// name of a database may have dots in it where it comes from the environment alone.
/// @returns nullptr when there is none.
const Option* find_option(std::string_view concrete_path);

/// The variables of Option::stands_in.
std::vector<std::string> stand_ins(const Option& option);
/// Whether a value from `where` (Origin::where) came from such a variable.
bool is_stand_in(const Option& option, std::string_view where);

/// `databases.syrf-eu.snapshot.timeout` → `TIDEGATE_DATABASES_SYRF_EU_SNAPSHOT_TIMEOUT`.
std::string environment_name(std::string_view path);

/// Rows that `command` (`snapshot`, `config`) takes as flags, in table order, each flag once. A
/// boolean's flag takes no value.
std::vector<const Option*> flags_of(std::string_view command);

/// The placeholder of the value in help: `DURATION`, `N`, `text|json`; empty for a boolean.
std::string value_name(const Option& option);

/// The expected form of a value: `a duration such as '30m'`, `a whole number from 1 to 64`.
std::string expectation(const Option& option);

/// Checks one literal value. @returns what is wrong, or nothing: `expected a duration such as
/// '30m', found 'soon'`. A secret's text is never repeated.
std::optional<std::string> complaint(const Option& option, std::string_view text);

/// A cron option's value as Schedule reads it: `weekly` is `@weekly` where the row has such names.
std::string schedule_text(const Option& option, std::string_view text);

/// `true yes on 1` and `false no off 0`, any case.
std::optional<bool> parse_boolean(std::string_view text);

}  // namespace tidegate::config
