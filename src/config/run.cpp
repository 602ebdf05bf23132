// The settings of a run besides those of its database: record, log, flags.

#include <fmt/format.h>

#include "config/config.hpp"
#include "config/options.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

std::optional<std::string> Config::journal() const {
  const auto value = Resolver(parts_).get("journal");
  if (!value) return std::nullopt;
  return value->text;
}

LogLevel Config::log_level() const {
  return parse_log_level(Resolver(parts_).required("log.level").text).value_or(LogLevel::info);
}

LogFormat Config::log_format() const {
  return parse_log_format(Resolver(parts_).required("log.format").text).value_or(LogFormat::text);
}

std::optional<std::string> Config::given(std::string_view flag) const {
  for (const auto& option : options()) {
    if (option.home != Home::command_line || option.flag != flag) continue;
    const auto value = Resolver(parts_).written(std::string(option.path));
    if (!value) return std::nullopt;
    return value->text();
  }
  throw Error(ErrorKind::internal, fmt::format("the option table has no flag '{}'", flag));
}

bool Config::switched_on(std::string_view flag) const {
  const auto text = given(flag);
  return text && parse_boolean(*text).value_or(false);
}

}  // namespace tidegate::config
