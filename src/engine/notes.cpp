#include "engine/notes.hpp"

namespace tidegate::engine {
namespace {

/// A database's metadata, and whether it exists. Cheap where it has metadata.
struct ReadMetadata {
  bool exists = false;
  bool empty = false;
  std::optional<Metadata> metadata;
};

ReadMetadata ask(Run& run, Engine& engine, const DatabaseName& database) {
  if (auto metadata = engine.metadata(run, database)) return {true, false, std::move(metadata)};
  const auto found = engine.inspect(run, database);
  return {found.exists, found.items.empty(), found.metadata};
}

/// Writing would lose the metadata that could not be read.
void refuse_unreadable(const std::optional<Metadata>& metadata) {
  if (!metadata || metadata->unreadable.empty()) return;
  throw Error(ErrorKind::remote, metadata->unreadable + "; it was left as it is",
              "fill the target again, or drop it");
}

}  // namespace

std::optional<Metadata> Notes::annotate(Run& run, Engine& engine, const MarkTarget& target,
                                        const Change& change, LeaseWish wish) {
  const auto before = ask(run, engine, target.database());
  if (!before.exists || !change(before.metadata)) return before.metadata;
  refuse_unreadable(before.metadata);
  const auto held = engine.lease(run, target.place_, wish);
  for (const auto& text : held->recovered()) {
    run.progress().step(Mark::warning, "recovered", text);
  }
  const auto now = ask(run, engine, target.database());
  // Dropped meanwhile: where a lease is a document in its database, that alone may be there now.
  const bool gone = !now.exists || (!now.metadata && now.empty && !before.empty);
  if (gone) return std::nullopt;
  const auto wanted = change(now.metadata);
  if (!wanted) return now.metadata;
  refuse_unreadable(now.metadata);
  engine.note(run, *wanted, *held);
  return wanted;
}

}  // namespace tidegate::engine
