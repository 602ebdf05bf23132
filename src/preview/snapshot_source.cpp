#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/utc.hpp"
#include "preview/source.hpp"
#include "preview/waiting.hpp"

namespace tidegate::preview {
namespace {

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

Error unreadable(const RestorePlan& plan, const Metadata& snapshot) {
  return {ErrorKind::remote, snapshot.unreadable,
          fmt::format("take the snapshot again with 'tidegate snapshot {}'", plan.name)};
}

class SnapshotDatabase final : public Source {
 public:
  SnapshotDatabase(engine::Engine& engine, const RestorePlan& plan, DatabaseName database)
      : engine_(engine), plan_(plan), database_(std::move(database)) {}

  std::string place() const override { return database_.text(); }

  OpenedSnapshot find(Run& run, SystemTime now) override {
    const auto asked = run.elapsed();
    std::optional<Metadata> snapshot;
    await_first(run, plan_, fmt::format("complete snapshot of '{}'", plan_.name), [&] {
      snapshot = engine_.metadata(run, database_);
      if (snapshot && !snapshot->unreadable.empty()) throw unreadable(plan_, *snapshot);
      return snapshot && snapshot->status == Status::complete;
    });
    refuse_without_definitions(plan_, *snapshot);
    say_age(run, plan_, *snapshot, now + (run.elapsed() - asked));
    auto items = items_of(*snapshot, engine_.inspect(run, database_));
    return {{database_, std::move(items), std::move(snapshot), ConsistencyWish::prefer,
             plan_.copy.parallel, plan_.copy.owner},
            database_.text()};
  }

  std::string replaced_since(Run& run, const Metadata& copied) override {
    const auto now = engine_.metadata(run, database_);
    if (now && now->run == copied.run) return {};
    if (!now) return "the snapshot was removed while it was copied";
    return fmt::format("the snapshot of {} was replaced by that of {} while it was copied",
                       to_minute(copied.timestamp), to_minute(now->timestamp));
  }

 private:
  /// The items listed in the metadata, with the index sizes that the server reports now.
  static std::vector<engine::Item> items_of(const Metadata& snapshot,
                                            const engine::Inventory& inventory) {
    auto items = engine::items_of(snapshot);
    for (auto& item : items) {
      const auto found = std::find_if(inventory.items.begin(), inventory.items.end(),
                                      [&](const auto& one) { return one.name == item.name; });
      if (found != inventory.items.end()) item.index_data = found->index_data;
    }
    return items;
  }

  engine::Engine& engine_;
  const RestorePlan& plan_;
  DatabaseName database_;
};

}  // namespace

std::unique_ptr<Source> from_database(engine::Engine& engine, const RestorePlan& plan) {
  if (plan.topology.snapshot) {
    return std::make_unique<SnapshotDatabase>(engine, plan, *plan.topology.snapshot);
  }
  throw Error(ErrorKind::config, fmt::format("'{}' has no snapshot database", plan.name),
              fmt::format("set 'databases.{}.snapshot.database'", plan.name));
}

}  // namespace tidegate::preview
