#include "preview/snapshot_source.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/utc.hpp"

namespace tidegate::preview {
namespace {

Error no_snapshot(Run& run, const RestorePlan& plan) {
  const auto looked = plan.waiting.tries <= 1
                          ? std::string("looked once")
                          : fmt::format("looked {} times in {}", plan.waiting.tries,
                                        to_text(plan.waiting.every * (plan.waiting.tries - 1)));
  run.progress().step(Mark::failed, "snapshot", "there is none");
  return {ErrorKind::not_found,
          fmt::format("there is no complete snapshot of '{}' yet ({}); nothing was changed",
                      plan.name, looked),
          fmt::format("wait for the scheduled one{}, {}take one now with 'tidegate snapshot {}'{}",
                      plan.schedule.empty() ? "" : fmt::format(" (cron '{}', UTC)", plan.schedule),
                      plan.target.number ? "" : "or ", plan.name,
                      plan.target.number ? ", or take 'use-snapshot' off the pull request to start "
                                           "from seed data"
                                         : "")};
}

void refuse_without_definitions(const RestorePlan& plan, const Metadata& snapshot) {
  std::vector<std::string> lacking;
  for (const auto& name : snapshot.collections) {
    if (snapshot.find(name) == nullptr) lacking.push_back(name);
  }
  for (const auto& content : snapshot.contents) {
    if (content.definition.empty()) lacking.push_back(content.name);
  }
  if (lacking.empty()) return;
  throw Error(ErrorKind::not_found,
              fmt::format("the snapshot of '{}' does not say how its collections are defined ({}): "
                          "something other than tidegate wrote it",
                          plan.name, fmt::join(lacking, ", ")),
              fmt::format("take one with 'tidegate snapshot {}'", plan.name));
}

void say_age(Run& run, const RestorePlan& plan, const Metadata& snapshot, SystemTime now) {
  const auto age = std::max(std::chrono::milliseconds{0}, now - snapshot.timestamp);
  auto facts = fmt::format("of {}, {} old, {}", to_minute(snapshot.timestamp), to_text(age),
                           snapshot.what_it_holds());
  if (snapshot.consistency == Consistency::per_collection) {
    facts += ", each as of its own moment";
  }
  if (plan.max_age && age > *plan.max_age) {
    run.progress().step(Mark::warning, "snapshot",
                        fmt::format("{}; stale: older than {}", facts, to_text(*plan.max_age)));
  } else {
    run.progress().step(Mark::ok, "snapshot", facts);
  }
}

}  // namespace

Metadata await_snapshot(Run& run, engine::Engine& engine, const RestorePlan& plan, SystemTime now) {
  const int tries = std::max(1, plan.waiting.tries);
  for (int attempt = 1; attempt <= tries; ++attempt) {
    const auto found = engine.metadata(run, *plan.topology.snapshot);
    if (found && found->status == Status::complete) {
      refuse_without_definitions(plan, *found);
      say_age(run, plan, *found, now);
      return *found;
    }
    if (attempt == tries) break;
    run.progress().step(Mark::warning, "snapshot",
                        fmt::format("none yet, looked {} of {} times; again in {}", attempt, tries,
                                    to_text(plan.waiting.every)));
    run.sleep(plan.waiting.every);
    now += plan.waiting.every;
  }
  throw no_snapshot(run, plan);
}

std::vector<engine::Item> items_of(const Metadata& snapshot, const engine::Inventory& inventory) {
  std::vector<engine::Item> items;
  for (const auto& content : snapshot.contents) {
    engine::Item item;
    item.name = content.name;
    item.type = content.type;
    item.documents = content.documents;
    item.data = content.bytes;
    item.indexes = content.indexes;
    const auto found = std::find_if(inventory.items.begin(), inventory.items.end(),
                                    [&](const auto& one) { return one.name == content.name; });
    if (found != inventory.items.end()) item.index_data = found->index_data;
    items.push_back(std::move(item));
  }
  return items;
}

std::string replaced_since(Run& run, engine::Engine& engine, const DatabaseName& database,
                           const Metadata& copied) {
  const auto now = engine.metadata(run, database);
  if (now && now->run == copied.run) return {};
  if (!now) return "the snapshot was removed while it was copied";
  return fmt::format("the snapshot of {} was replaced by that of {} while it was copied",
                     to_minute(copied.timestamp), to_minute(now->timestamp));
}

}  // namespace tidegate::preview
