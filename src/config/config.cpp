#include "config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/duration.hpp"
#include "config/database_uri.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

std::string in(std::string_view database, std::string_view key) {
  return fmt::format("databases.{}.{}", database, key);
}

/// Parsed already once, by complaint(): the values cannot be wrong here.
std::chrono::milliseconds as_duration(const Resolved& value) {
  return parse_duration(value.text).value_or(std::chrono::milliseconds{0});
}

int as_integer(const Resolved& value) {
  int number = 0;
  std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
  return number;
}

std::optional<std::chrono::milliseconds> optional_duration(const Resolver& resolver,
                                                           const std::string& path) {
  const auto value = resolver.get(path);
  if (!value) return std::nullopt;
  return as_duration(*value);
}

Limits limits(const Resolver& resolver, const std::string& section) {
  return {optional_duration(resolver, section + ".timeout"),
          as_integer(resolver.required(section + ".retries"))};
}

/// Makes a name (or a schedule) of a text; an error says where the text is.
template <typename Name, typename... More>
Name named(const Resolved& value, const More&... more) {
  try {
    return Name(value.text, more...);
  } catch (Error& error) {
    throw error.prefixed(value.place());
  }
}

template <typename T>
T value_or_throw(ValueOrError<T> attempt) {
  if (attempt.missing) throw *attempt.missing;
  return *std::move(attempt.value);
}

/// Reads a topology value by value, and stops at the first that is missing.
class TopologyReader {
 public:
  TopologyReader(const Resolver& resolver, std::string_view database)
      : resolver_(resolver), database_(database) {
    auto engine = resolver_.attempt_required(in(database_, "engine"));
    if (engine.missing) {
      missing_ = std::move(engine.missing);
    } else {
      kind_ = parse_engine_kind(engine.value->text).value_or(EngineKind::mongodb);
    }
  }

  const std::optional<Error>& missing() const { return missing_; }

  template <typename Name>
  std::optional<Name> name(std::string_view key) {
    if (missing_) return std::nullopt;
    auto found = resolver_.attempt(in(database_, key));
    if (found.missing) {
      missing_ = std::move(found.missing);
      return std::nullopt;
    }
    if (!*found.value) return std::nullopt;
    return named<Name>(**found.value, kind_);
  }

  /// The name in its own key, else in the connection string's path.
  std::optional<DatabaseName> production() {
    auto result = name<DatabaseName>("production.database");
    if (result || missing_) return result;
    if (kind_ == EngineKind::postgresql) {
      auto uri = resolver_.attempt(in(database_, "production.uri"));
      if (uri.value && *uri.value) {
        if (auto found = database_in((**uri.value).text)) {
          auto place = **uri.value;
          place.text = std::move(*found);
          return named<DatabaseName>(place, kind_);
        }
      }
    }
    return required("production.database");
  }

  std::optional<DatabaseName> required(std::string_view key) {
    auto result = name<DatabaseName>(key);
    if (!result && !missing_) missing_ = resolver_.attempt_required(in(database_, key)).missing;
    return result;
  }

  std::vector<DatabaseName> names(std::string_view key) {
    std::vector<DatabaseName> result;
    auto found = resolver_.attempt(in(database_, key));
    if (found.missing) missing_ = std::move(found.missing);
    if (missing_ || !*found.value) return result;
    for (const auto& item : (**found.value).items) {
      auto one = **found.value;
      one.text = item;
      result.push_back(named<DatabaseName>(one, kind_));
    }
    return result;
  }

 private:
  const Resolver& resolver_;
  std::string_view database_;
  EngineKind kind_ = EngineKind::mongodb;
  std::optional<Error> missing_;
};

Error per_preview(std::string_view database) {
  return Error(ErrorKind::config,
               fmt::format("'{}' depends on the pull request: {} stands in its credentials",
                           in(database, "previews"), k_number),
               fmt::format("'tidegate check {}/pr-1' asks about one preview", database));
}

/// One endpoint for all previews cannot be made where each has its own.
bool holds_number(const Resolver& resolver, const std::string& section) {
  const auto has = [](const std::string& text) { return text.find(k_number) != std::string::npos; };
  for (const auto* key : {".uri", ".username", ".password"}) {
    const auto value = resolver.written(section + key);
    if (value && has(value->text())) return true;
  }
  // It may be in a variable. In a password's variable it has no meaning.
  for (const auto* key : {".uri", ".username"}) {
    const auto found = resolver.attempt(section + key);
    if (found.value && *found.value && has((*found.value)->text)) return true;
  }
  return false;
}

ValueOrError<Endpoint> make_endpoint(const Resolver& resolver, const std::string& uri_section,
                                     const std::string& user_section, Redactor& redactor) {
  auto uri = resolver.attempt_required(uri_section + ".uri");
  if (uri.missing) return {std::nullopt, std::move(uri.missing)};
  auto username = resolver.attempt(user_section + ".username");
  if (username.missing) return {std::nullopt, std::move(username.missing)};
  auto password = resolver.attempt(user_section + ".password");
  if (password.missing) return {std::nullopt, std::move(password.missing)};

  Endpoint endpoint;
  endpoint.uri = Secret(std::move(uri.value->text));
  redactor.learn_uri(endpoint.uri);
  endpoint.origin = uri.value->source == Source::file ? uri.value->where + " " + uri.value->key
                                                      : uri.value->name();
  endpoint.sign_in_wait = as_duration(resolver.required("sign_in_wait"));
  if (*username.value) endpoint.username = (*username.value)->text;
  if (*password.value) {
    endpoint.password = Secret((*password.value)->text);
    redactor.learn(endpoint.password);
  }
  return {std::move(endpoint), std::nullopt};
}

}  // namespace

Config::Config(Parts parts, Redactor& redactor) : parts_(std::move(parts)), redactor_(&redactor) {}

std::vector<std::string> Config::target_names(std::string_view database) const {
  const auto found = parts_.target_names.find(std::string(database));
  return found == parts_.target_names.end() ? std::vector<std::string>{} : found->second;
}

EngineKind Config::engine(std::string_view database) const {
  const auto value = Resolver(parts_).required(in(database, "engine"));
  return parse_engine_kind(value.text).value_or(EngineKind::mongodb);
}

bool Config::has_previews(std::string_view database) const {
  return Resolver(parts_).written(in(database, "previews.database")).has_value();
}

ValueOrError<Topology> Config::try_topology(std::string_view database) const {
  const Resolver resolver(parts_);
  TopologyReader reader(resolver, database);
  const auto production = reader.production();
  const auto snapshot = reader.name<DatabaseName>("snapshot.database");
  const auto previews = reader.name<NamePattern>("previews.database");
  std::map<std::string, DatabaseName> targets;
  for (const auto& name : target_names(database)) {
    const auto target = reader.required(fmt::format("targets.{}.database", name));
    if (target) targets.emplace(name, *target);
  }
  auto protected_names = reader.names("protected");
  if (reader.missing()) return {std::nullopt, reader.missing()};

  Topology topology{
      *production,          snapshot, previews, std::move(targets), std::move(protected_names), {},
      std::string(database)};
  if (parts_.engine_databases) {
    topology.engine_own =
        parts_.engine_databases(engine(database)).value_or(std::vector<DatabaseName>{});
  }
  try {
    return {Gate(topology).topology(), std::nullopt};
  } catch (Error& error) {
    const auto section = fmt::format("databases.{}", database);
    const auto line = parts_.section_lines.find(section);
    const auto place = line == parts_.section_lines.end()
                           ? parts_.file
                           : fmt::format("{}:{}", parts_.file, line->second);
    throw Error(error.kind(), fmt::format("{}: {}", section, error.message()), error.hint(), place);
  }
}

Topology Config::topology(std::string_view database) const {
  return value_or_throw(try_topology(database));
}

ValueOrError<Endpoint> Config::try_production(std::string_view database) const {
  const auto section = in(database, "production");
  return make_endpoint(Resolver(parts_), section, section, *redactor_);
}

ValueOrError<Endpoint> Config::try_snapshot(std::string_view database) const {
  const Resolver resolver(parts_);
  const auto own = in(database, "snapshot");
  const auto production = in(database, "production");
  const bool own_uri = resolver.written(own + ".uri").has_value();
  const bool own_user = own_uri || resolver.written(own + ".username").has_value();
  return make_endpoint(resolver, own_uri ? own : production, own_user ? own : production,
                       *redactor_);
}

ValueOrError<Endpoint> Config::try_previews(std::string_view database) const {
  const Resolver resolver(parts_);
  const auto section = in(database, "previews");
  if (holds_number(resolver, section)) return {std::nullopt, per_preview(database)};
  return make_endpoint(resolver, section, section, *redactor_);
}

bool Config::producer_restores(std::string_view database) const {
  const Resolver resolver(parts_);
  const auto previews = in(database, "previews");
  const bool by_previews =
      resolver.written(previews + ".uri").has_value() && !holds_number(resolver, previews);
  return !by_previews && target_names(database).empty();
}

ValueOrError<Endpoint> Config::try_target(std::string_view database,
                                          const TargetName& target) const {
  const auto section = target.number ? in(database, "previews")
                                     : in(database, fmt::format("targets.{}", target.text));
  return make_endpoint(Resolver(parts_, target.number), section, section, *redactor_);
}

Endpoint Config::production(std::string_view database) const {
  return value_or_throw(try_production(database));
}

Endpoint Config::snapshot(std::string_view database) const {
  return value_or_throw(try_snapshot(database));
}

Endpoint Config::target(std::string_view database, const TargetName& target) const {
  return value_or_throw(try_target(database, target));
}

CopySettings Config::copy_settings(std::string_view database) const {
  const Resolver resolver(parts_);
  CopySettings settings;
  settings.parallel = as_integer(resolver.required(in(database, "snapshot.parallel")));
  settings.metadata_collection = resolver.required(in(database, "snapshot.metadata")).text;
  settings.allow_write_access =
      parse_boolean(resolver.required(in(database, "production.allow_write_access")).text)
          .value_or(false);
  if (const auto owner = resolver.get(in(database, "previews.owner"))) settings.owner = owner->text;
  if (const auto unsupported = resolver.get(in(database, "snapshot.unsupported"))) {
    settings.carry.unsupported =
        unsupported->text == "refuse" ? Unsupported::refuse : Unsupported::leave_out;
  }
  if (auto extensions = resolver.get(in(database, "snapshot.extensions.leave_out"))) {
    settings.carry.extensions_left_out = std::move(extensions->items);
  }
  return settings;
}

Selection Config::selection(std::string_view database) const {
  const Resolver resolver(parts_);
  Selection selection;
  if (auto include = resolver.get(in(database, "snapshot.include"))) {
    selection.include = std::move(include->items);
  }
  if (auto exclude = resolver.get(in(database, "snapshot.exclude"))) {
    selection.exclude = std::move(exclude->items);
  }
  return selection;
}

ConsistencyWish Config::consistency(std::string_view database) const {
  const auto wish = Resolver(parts_).required(in(database, "snapshot.consistency"));
  return wish.text == "require" ? ConsistencyWish::require : ConsistencyWish::prefer;
}

Limits Config::snapshot_limits(std::string_view database) const {
  return limits(Resolver(parts_), in(database, "snapshot"));
}

Limits Config::preview_limits(std::string_view database) const {
  return limits(Resolver(parts_), in(database, "previews"));
}

Waiting Config::waiting(std::string_view database) const {
  const Resolver resolver(parts_);
  return {as_integer(resolver.required(in(database, "previews.wait.tries"))),
          as_duration(resolver.required(in(database, "previews.wait.every")))};
}

std::optional<std::chrono::milliseconds> Config::max_age(std::string_view database) const {
  return optional_duration(Resolver(parts_), in(database, "snapshot.max_age"));
}

std::chrono::milliseconds Config::wait() const {
  return as_duration(Resolver(parts_).required("wait"));
}

std::optional<std::chrono::milliseconds> Config::timeout() const {
  return optional_duration(Resolver(parts_), "timeout");
}

}  // namespace tidegate::config
