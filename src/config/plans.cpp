#include <fmt/format.h>

#include <utility>

#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

/// @throws Error config: the engine is not part of this program.
void require_operable(const Config::Parts& parts, std::string_view database, EngineKind kind) {
  if (!parts.engine_databases || parts.engine_databases(kind)) return;
  const Resolver resolver(parts);
  const auto engine = resolver.required(fmt::format("databases.{}.engine", database));
  throw Error(ErrorKind::config,
              fmt::format("'{}' is a {} database, which this version of tidegate cannot operate "
                          "yet ({})",
                          database, to_text(kind), engine.place()),
              "other databases of the same file are not affected");
}

/// The place of the snapshot: a database or archives, exactly one of them.
/// @throws Error config: both, or none.
std::optional<ArchivePlan> place_of_snapshot(const Config& config, const Config::Parts& parts,
                                             std::string_view database) {
  const Resolver resolver(parts);
  const auto in_database = fmt::format("databases.{}.snapshot.database", database);
  const auto in_directory = fmt::format("databases.{}.snapshot.directory", database);
  const auto directory = resolver.written(in_directory);
  if (!directory) {
    resolver.required(in_database);
    return std::nullopt;
  }
  if (const auto both = resolver.written(in_database)) {
    throw Error(ErrorKind::config,
                fmt::format("both '{}' ({}) and '{}' ({}) are given", in_database,
                            both->origin.where, in_directory, directory->origin.where),
                "keep one: a snapshot is a database, or archives in a directory");
  }
  return config.archives(database);
}

/// The part that both plans for a target have in common.
template <typename Plan>
Plan target_plan(const Config& config, const Config::Parts& parts, std::string_view database,
                 const TargetName& target, const RecordedCommit& recorded) {
  const auto kind = config.engine(database);
  require_operable(parts, database, kind);
  auto topology = config.topology(database);
  // Refuses a target that is not there before its connection string is asked for.
  Gate(topology).database_of(target);
  Plan plan{.name = std::string(database),
            .engine = kind,
            .topology = std::move(topology),
            .target = target,
            .endpoint = config.target(database, target)};
  plan.copy = config.copy_settings(database);
  plan.limits = config.preview_limits(database);
  plan.repository = recorded.repository;
  plan.commit = recorded.commit;
  return plan;
}

}  // namespace

ValueOrError<Endpoint> Config::try_drill_place(std::string_view database) const {
  if (auto previews = try_previews(database); previews.value) return previews;
  for (const auto& name : target_names(database)) {
    auto target = try_target(database, TargetName{name, std::nullopt});
    if (target.value) return target;
  }
  return try_snapshot(database);
}

Endpoint Config::drill_place(std::string_view database) const {
  auto place = try_drill_place(database);
  if (place.missing) throw *place.missing;
  return *std::move(place.value);
}

SnapshotPlan Config::snapshot_plan(std::string_view database) const {
  const auto kind = engine(database);
  require_operable(parts_, database, kind);
  const Resolver resolver(parts_);
  auto archives = place_of_snapshot(*this, parts_, database);
  SnapshotPlan plan{.name = std::string(database),
                    .engine = kind,
                    .topology = topology(database),
                    .endpoint = snapshot(database)};
  plan.selection = selection(database);
  plan.consistency = consistency(database);
  const auto version = resolver.get(fmt::format("databases.{}.snapshot.schema_version", database));
  if (version) plan.schema_version = version->text;
  plan.copy = copy_settings(database);
  plan.limits = snapshot_limits(database);
  plan.max_age = max_age(database);
  plan.archives = std::move(archives);
  return plan;
}

RestorePlan Config::restore_plan(std::string_view database, const TargetName& target,
                                 const RecordedCommit& recorded) const {
  auto plan = target_plan<RestorePlan>(*this, parts_, database, target, recorded);
  plan.waiting = waiting(database);
  plan.max_age = max_age(database);
  if (const auto due = schedule(database)) plan.schedule = due->text();
  plan.archives = place_of_snapshot(*this, parts_, database);
  plan.from = given("--from").value_or("");
  if (!plan.from.empty() && !plan.archives) {
    throw Error(
        ErrorKind::usage,
        fmt::format("'--from' names an archive, and the snapshot of '{}' is a database", database),
        "leave it out to restore that");
  }
  return plan;
}

DropPlan Config::drop_plan(std::string_view database, const TargetName& target,
                           const RecordedCommit& recorded) const {
  auto plan = target_plan<DropPlan>(*this, parts_, database, target, recorded);
  if (target.number) plan.seed = seed_plan(database);
  return plan;
}

}  // namespace tidegate::config
