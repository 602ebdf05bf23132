#include <fmt/format.h>

#include "preview/source.hpp"
#include "preview/waiting.hpp"
#include "snapshot/pick.hpp"

namespace tidegate::preview {
namespace {

class Archives final : public Source {
 public:
  Archives(archive::Store& store, const RestorePlan& plan) : store_(store), plan_(plan) {}

  std::string place() const override { return store_.place(); }

  OpenedSnapshot find(Run& run, SystemTime now) override {
    const auto asked = run.elapsed();
    const auto entry = await_one(run, now);
    say_age(run, plan_, entry.metadata, now + (run.elapsed() - asked));
    fetch(run, entry);
    engine::StageRequest request{plan_.topology.production,
                                 engine::items_of(entry.metadata),
                                 entry.metadata,
                                 ConsistencyWish::prefer,
                                 plan_.copy.parallel,
                                 plan_.copy.owner,
                                 fetched_->path(),
                                 plan_.copy.carry};
    return {std::move(request), entry.name};
  }

  /// Archives do not change; newer ones are added beside them.
  std::string replaced_since(Run& /*run*/, const Metadata& /*copied*/) override { return {}; }

 private:
  archive::Entry await_one(Run& run, SystemTime now) {
    if (!plan_.from.empty()) {
      return snapshot::named(store_, store_.list(run, plan_.name), plan_.from);
    }
    std::optional<archive::Entry> found;
    await_first(run, plan_,
                fmt::format("complete archive of '{}' in '{}'", plan_.name, store_.place()), [&] {
                  found = snapshot::newest(store_.list(run, plan_.name), now);
                  return found.has_value();
                });
    return *found;
  }

  void fetch(Run& run, const archive::Entry& entry) {
    if (fetched_ && name_ == entry.name) return;
    fetched_ = store_.fetch(run, entry);
    name_ = entry.name;
    run.progress().step(
        Mark::ok, "archive",
        fmt::format("{}: {}, whole by its SHA-256", entry.name, to_text(entry.size)));
  }

  archive::Store& store_;
  const RestorePlan& plan_;
  std::unique_ptr<archive::LocalArchive> fetched_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Source> from_archive(archive::Store& store, const RestorePlan& plan) {
  return std::make_unique<Archives>(store, plan);
}

}  // namespace tidegate::preview
