#include "config/environment.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "config/database_uri.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_enabled = "SNAPSHOT_ENABLED", k_time = "SNAPSHOT_TIME",
                           k_directory = "SNAPSHOT_DIR", k_url = "DATABASE_URL";
constexpr std::string_view k_url_form = "postgresql://USER:PASSWORD@HOST/DATABASE";

/// Besides DATABASE_URL, which has no default.
struct Variable {
  std::string_view name;
  std::string_view fallback;
};
constexpr std::array<Variable, 5> k_variables{{{k_enabled, "false"},
                                               {k_time, "03:00"},
                                               {"SNAPSHOT_RETENTION", "7"},
                                               {k_directory, "/snapshots"},
                                               {"SNAPSHOT_TIMEOUT", "1h"}}};

const Option& option_of(std::string_view variable) {
  for (const auto& option : options()) {
    if (option.alone == variable) return option;
  }
  throw Error(ErrorKind::internal, fmt::format("the option table has no row for '{}'", variable));
}

/// `03:00` → minutes and hours; nothing when it is no time of day.
std::optional<std::pair<int, int>> time_in(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 23 || minute > 59) return std::nullopt;
  return std::pair(minute, hour);
}

bool blank(std::string_view text) { return text.find_first_not_of(" \t\n") == text.npos; }

class EnvironmentReader {
 public:
  EnvironmentReader(Config::Parts& parts, std::vector<Problem>& problems)
      : parts_(parts), problems_(problems) {}

  void read() {
    const bool enabled = is_enabled();
    std::vector<Problem> mistakes;
    std::vector<Value> values;
    for (const auto& variable : k_variables) {
      if (auto value = value_of(variable, mistakes)) values.push_back(std::move(*value));
    }
    const auto name = database(mistakes);
    if (!enabled) parts_.off = true;
    if (enabled) problems_.insert(problems_.end(), mistakes.begin(), mistakes.end());
    if (!mistakes.empty() || !problems_.empty()) return;
    keep(*name, std::move(values));
  }

 private:
  const std::string* set(std::string_view variable) const {
    const auto found = parts_.environment.find(std::string(variable));
    return found == parts_.environment.end() ? nullptr : &found->second;
  }

  bool is_enabled() {
    const auto* text = set(k_enabled);
    if (text == nullptr || text->empty()) return false;
    const auto enabled = parse_boolean(*text);
    if (!enabled) {
      problems_.push_back({0, std::string(k_enabled),
                           fmt::format("expected true or false (or 1, 0, yes, no, on, off), found "
                                       "'{}'",
                                       *text)});
    }
    return enabled.value_or(true);
  }

  /// An empty variable counts as not set, except for the directory: empty is a mistake there.
  std::optional<Value> value_of(const Variable& variable, std::vector<Problem>& mistakes) const {
    const auto* text = set(variable.name);
    if (text != nullptr && variable.name == k_directory && blank(*text)) {
      mistakes.push_back({0, std::string(variable.name), "is empty: it names no directory",
                          fmt::format("take {} out to have {}", k_directory, variable.fallback)});
      return std::nullopt;
    }
    const bool given = text != nullptr && !text->empty();
    const auto& option = option_of(variable.name);
    const auto written = given ? *text : std::string(variable.fallback);
    Value value{std::string(option.path), {written}, false, {}};
    if (given) value.origin = {Source::environment, std::string(variable.name)};
    if (!given) value.origin.where = "default";
    if (auto wrong = variable.name == k_time ? take_time(value) : complaint(option, written)) {
      // A wrong SNAPSHOT_ENABLED is reported already.
      if (variable.name != k_enabled) {
        mistakes.push_back({0, std::string(variable.name), std::move(*wrong)});
      }
      return std::nullopt;
    }
    return value;
  }

  static std::optional<std::string> take_time(Value& value) {
    const auto time = time_in(value.text());
    if (!time) {
      return fmt::format("expected a time of day in UTC, such as 03:00, found '{}'", value.text());
    }
    value.items.front() = fmt::format("{} {} * * *", time->first, time->second);
    return std::nullopt;
  }

  std::optional<std::string> database(std::vector<Problem>& mistakes) const {
    const auto* url = set(k_url);
    const auto wrong = [&](std::string text) -> std::optional<std::string> {
      mistakes.push_back({0, std::string(k_url), std::move(text),
                          fmt::format("its form is {}={}", k_url, k_url_form)});
      return std::nullopt;
    };
    if (url == nullptr || blank(*url)) return wrong("is missing: which database to take");
    if (!is_postgresql_uri(*url)) return wrong("is no connection string of PostgreSQL");
    if (has_stray_at(*url)) {
      return wrong(
          "has an '@' too many: in a user name or password '@', '/', ':', '?', '#' and '%' must be "
          "percent-encoded");
    }
    auto name = database_in(*url);
    if (!name) return wrong("names no database");
    return name;
  }

  void keep(const std::string& name, std::vector<Value> values) {
    parts_.database_names.push_back(name);
    const Origin url{Source::environment, std::string(k_url)};
    const Origin fixed{Source::default_value, "default"};
    values.push_back({std::string(option_of(k_url).path), {*set(k_url)}, false, url});
    values.push_back({"databases.*.production.database", {name}, false, url});
    values.push_back({"databases.*.engine", {"postgresql"}, false, fixed});
    // The application's own connection string, which of course may write.
    values.push_back({"databases.*.production.allow_write_access", {"true"}, false, fixed});
    for (auto& value : values) {
      value.key.replace(value.key.find('*'), 1, name);
      parts_.file_values[value.key] = value;
    }
  }

  Config::Parts& parts_;
  std::vector<Problem>& problems_;
};

}  // namespace

bool serves_alone(const Environment& environment) {
  const auto url = environment.find(std::string(k_url));
  return environment.find(std::string(k_enabled)) != environment.end() ||
         (url != environment.end() && !url->second.empty());
}

void read_environment(Config::Parts& parts, std::vector<Problem>& problems) {
  EnvironmentReader(parts, problems).read();
}

}  // namespace tidegate::config
