#include "snapshot/choose.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/selection.hpp"
#include "preflight/carriable.hpp"

namespace tidegate::snapshot {
namespace {

void refuse_missing(const SnapshotPlan& plan, const std::vector<std::string>& missing) {
  if (missing.empty()) return;
  throw Error(
      ErrorKind::not_found,
      fmt::format("production '{}' has no collection '{}'", plan.topology.production.text(),
                  fmt::join(missing, "', '")),
      fmt::format("correct 'databases.{}.snapshot.include'; nothing was written", plan.name));
}

void warn_of_unmatched(Run& run, const Selected& selected) {
  for (const auto& glob : selected.unmatched_include) {
    run.progress().step(Mark::warning, "selection",
                        fmt::format("'{}' in include matches no collection", glob));
  }
  for (const auto& glob : selected.unmatched_exclude) {
    run.progress().step(Mark::warning, "selection",
                        fmt::format("'{}' in exclude matches no collection", glob));
  }
}

}  // namespace

ArchiveChoice choose(Run& run, engine::Engine& engine, const SnapshotPlan& plan) {
  const auto source = engine.inspect(run, plan.topology.production);
  if (!source.exists) {
    throw Error(ErrorKind::not_found,
                fmt::format("production '{}' does not exist", plan.topology.production.text()),
                fmt::format("correct 'databases.{}.production'; nothing was written", plan.name));
  }
  const auto there = preflight::items_of_production(source);
  std::vector<std::string> names;
  for (const auto& item : there) names.push_back(item.name);
  const auto selected = select(plan.selection, names);
  refuse_missing(plan, selected.missing);
  warn_of_unmatched(run, selected);
  for (const auto& text : source.left_out) run.progress().step(Mark::warning, "left out", text);

  std::vector<engine::Item> items;
  for (const auto& item : there) {
    const auto& taken = selected.taken;
    if (std::find(taken.begin(), taken.end(), item.name) != taken.end()) items.push_back(item);
  }
  // Replacing a good snapshot by an empty one is never intended.
  if (items.empty()) {
    throw Error(ErrorKind::not_found,
                fmt::format("production '{}' has nothing to take: {} collections, none selected",
                            plan.topology.production.text(), names.size()),
                fmt::format("correct include and exclude in 'databases.{}.snapshot'", plan.name));
  }
  preflight::refuse_obstacles(plan.name, items);
  const bool whole = items.size() == there.size();
  return {std::move(items), whole};
}

void say_when_not_one_cut(Run& run, const engine::Capabilities& can) {
  if (can.point_in_time) return;
  run.progress().step(Mark::warning, "cut",
                      fmt::format("{} {} cannot give one moment for all collections: {}",
                                  can.product, can.version, can.why_not));
}

}  // namespace tidegate::snapshot
