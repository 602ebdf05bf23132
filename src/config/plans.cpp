#include <fmt/format.h>

#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

/// @throws Error config: the engine, or archives, are not part of this program.
void require_operable(const Config::Parts& parts, std::string_view database, EngineKind kind) {
  const Resolver resolver(parts);
  const auto key = [&](std::string_view of) {
    return fmt::format("databases.{}.{}", database, of);
  };
  if (parts.engine_databases && !parts.engine_databases(kind)) {
    throw Error(ErrorKind::config,
                fmt::format("'{}' is a {} database, which this version of tidegate cannot operate "
                            "yet ({})",
                            database, to_text(kind), resolver.required(key("engine")).place()),
                "other databases of the same file are not affected");
  }
  const auto directory = resolver.written(key("snapshot.directory"));
  if (directory && kind == EngineKind::mongodb) {
    throw Error(
        ErrorKind::config,
        fmt::format("'{}' ({}) asks for archives, which this version of tidegate cannot "
                    "make of a {} database",
                    directory->key, directory->origin.where, to_text(kind)),
        fmt::format("set '{}' to keep the snapshot in a database", key("snapshot.database")));
  }
}

/// What both plans for a target begin with.
template <typename Plan>
Plan target_plan(const Config& config, const Config::Parts& parts, std::string_view database,
                 const TargetName& target, const Recorded& recorded) {
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

SnapshotPlan Config::snapshot_plan(std::string_view database) const {
  const auto kind = engine(database);
  require_operable(parts_, database, kind);
  const Resolver resolver(parts_);
  resolver.required(fmt::format("databases.{}.snapshot.database", database));
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
  return plan;
}

RestorePlan Config::restore_plan(std::string_view database, const TargetName& target,
                                 const Recorded& recorded) const {
  auto plan = target_plan<RestorePlan>(*this, parts_, database, target, recorded);
  plan.waiting = waiting(database);
  plan.max_age = max_age(database);
  plan.schedule = schedule(database).value_or("");
  return plan;
}

DropPlan Config::drop_plan(std::string_view database, const TargetName& target,
                           const Recorded& recorded) const {
  return target_plan<DropPlan>(*this, parts_, database, target, recorded);
}

}  // namespace tidegate::config
