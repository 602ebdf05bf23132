#include "config/reference.hpp"

#include <fmt/format.h>

#include <string_view>

#include "config/options.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_begin = R"(# Options

This page is made from the program's own table of options.

- **Precedence**: flag, then environment variable, then file, then default.
- **File**: the first of `--config`, `TIDEGATE_CONFIG`, `./tidegate.yaml`, `/etc/tidegate/tidegate.yaml`.
- **Names** stand for `*`: `databases.*.engine` is `databases.syrf.engine`, and its variable
  `TIDEGATE_DATABASES_SYRF_ENGINE`: the path in capitals, anything but letters and digits as `_`.
- **Variables** in values of the file: `${NAME}`, and `${NAME:-default}` where it may be unset or
  empty; `$${` stands for `${` itself. A variable is asked for only when its value is needed, so that
  jobs with different secrets share one file.
- **Secrets from files**: where a key has a `_file` form, the file's content is the value, without one
  newline at its end. Relative paths are relative to the working directory.
- **Without a file** and with `SNAPSHOT_ENABLED` or `DATABASE_URL` in the environment, that alone
  makes one PostgreSQL database, named like the one in `DATABASE_URL`
  ([more](../guide/scheduled-dumps.md)).
- **Durations** `90s 30m 2h 1d 1h30m`, **sizes** `64MiB`, **lists** in variables `a,b,c`.
)";

std::string type_text(const Option& option) {
  switch (option.type) {
    case Type::text:
      return "text";
    case Type::secret:
      return "text, secret";
    case Type::integer:
      return option.most == INT32_MAX
                 ? fmt::format("whole number from {}", option.least)
                 : fmt::format("whole number, {} to {}", option.least, option.most);
    case Type::boolean:
      return "true or false";
    case Type::duration:
      return "duration";
    case Type::size:
      return "size";
    case Type::cron:
      return option.choices.empty() ? "cron expression, UTC" : expectation(option) + ", UTC";
    case Type::list:
      return "list of texts";
    case Type::secrets:
      return "list of texts, secret";
    case Type::choice:
      return expectation(option);
    case Type::map:
      return "section";
  }
  return "text";
}

/// `restore pr-plan` → `restore, pr plan`
std::string listed(std::string_view commands) {
  std::string text;
  for (const char c : commands) {
    text += c == ' ' ? ", " : c == '-' ? " " : std::string(1, c);
  }
  return text;
}

void append(std::string& page, const Option& option) {
  const bool in_file = option.home == Home::file;
  page += fmt::format("\n### `{}`\n\n{}.", in_file ? option.path : option.flag, option.help);
  if (!option.more.empty()) page += fmt::format(" {}", option.more);
  page += fmt::format("\n\n- type: {}\n", type_text(option));
  if (!option.default_value.empty()) page += fmt::format("- default: `{}`\n", option.default_value);
  if (!option.example.empty()) page += fmt::format("- example: `{}`\n", option.example);
  if (!option.flag.empty()) {
    const auto commands = option.commands == "*" ? "every command" : listed(option.commands);
    const auto value = value_name(option);
    page += fmt::format("- flag: `{}{}{}` ({})\n", option.flag, value.empty() ? "" : " ", value,
                        commands);
  }
  if (option.type != Type::map) {
    // `*` cannot stand in a variable: NAME does.
    std::string path(option.path);
    for (auto at = path.find('*'); at != std::string::npos; at = path.find('*')) {
      path.replace(at, 1, "NAME");
    }
    page += fmt::format("- environment: `{}`", environment_name(path));
    for (const auto& name : stand_ins(option)) page += fmt::format(", else `{}`", name);
    page += '\n';
  }
  if (!option.alone.empty()) {
    page += fmt::format("- where there is no file: `{}`\n", option.alone);
  }
  if (option.file_sibling == FileSibling::yes) {
    page += fmt::format("- from a file: `{}_file`\n", option.path);
  }
  if (!option.needs.empty()) {
    page += fmt::format("- accepted now, used by a later version: {}\n", option.needs);
  }
}

}  // namespace

std::string reference_page() {
  std::string page(k_begin);
  page += "\n## Keys of the file\n";
  for (const auto& option : options()) {
    if (option.home == Home::file) append(page, option);
  }
  page += "\n## Flags and variables only\n";
  for (const auto& option : options()) {
    if (option.home == Home::command_line) append(page, option);
  }
  return page;
}

}  // namespace tidegate::config
