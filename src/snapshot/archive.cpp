#include "snapshot/archive.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/retry.hpp"
#include "base/utc.hpp"
#include "preflight/rights.hpp"
#include "preflight/space.hpp"
#include "snapshot/choose.hpp"
#include "snapshot/copying.hpp"
#include "snapshot/record.hpp"

namespace tidegate::snapshot {
namespace {

preflight::RightsNeeded archive_rights(const SnapshotPlan& plan) {
  using preflight::ProductionWrites;
  return {plan.name,
          plan.topology.production,
          {},
          plan.topology.production,
          plan.copy.allow_write_access ? ProductionWrites::accept : ProductionWrites::refuse,
          {},
          plan.endpoint.sign_in_wait,
          {},
          plan.selection};
}

/// The requested form, or the engine's own form when it cannot write the requested one.
ArchiveForm form_for(const SnapshotPlan& plan, const engine::Capabilities& can) {
  const auto& forms = can.archive_forms;
  const auto asked = plan.archives->form;
  const bool made = std::find(forms.begin(), forms.end(), asked) != forms.end();
  return made || forms.empty() ? asked : forms.front();
}

engine::DumpRequest request_for(const SnapshotPlan& plan, ArchiveChoice chosen, ArchiveForm form,
                                const archive::Draft& draft) {
  return {plan.topology.production,
          std::move(chosen.items),
          chosen.whole,
          draft.path(),
          form,
          plan.archives->compression,
          plan.archives->checksums,
          plan.consistency,
          plan.copy.parallel,
          plan.copy.owner,
          plan.copy.carry};
}

void require_room(Run& run, archive::Store& store, const SnapshotPlan& plan) {
  const auto archives = store.list(run, plan.name).archives;
  std::optional<Bytes> estimate;
  if (!archives.empty()) estimate = archives.back().size;
  preflight::require_room(run, {store.place(), store.free_space(run), estimate});
}

Metadata describe(const Run& run, const SnapshotPlan& plan, const engine::DumpResult& dumped) {
  auto metadata = snapshot::describe(run, dumped.contents);
  metadata.timestamp = dumped.cut;
  metadata.source = plan.topology.production.text();
  metadata.method = dumped.method;
  metadata.schema_version = plan.schema_version;
  metadata.target = "snapshot";
  metadata.consistency = dumped.consistency;
  metadata.verified = dumped.verified;
  metadata.definition = dumped.definition;
  metadata.restore_notes = dumped.restore_notes;
  return metadata;
}

void say_published(Run& run, const archive::Entry& entry) {
  if (run.mode() == Mode::dry_run) return;
  run.progress().step(Mark::ok, "cut", to_second(entry.metadata.timestamp));
  run.progress().step(Mark::ok, "published",
                      fmt::format("{}: {}, {}", entry.name, to_text(entry.size), entry.format));
}

/// The archive is already published: a failure here must not cause another one to be taken.
void retain_after(Run& run, archive::Store& store, archive::Lock& lock, const SnapshotPlan& plan,
                  ArchiveTaken& taken) {
  try {
    auto retained = retain(run, store, lock, plan);
    taken.retained = std::move(retained.sentences);
    taken.retention_trouble = fmt::format("{}", fmt::join(retained.troubles, "; "));
  } catch (const Error& error) {
    taken.retention_trouble = error.message();
  }
  if (taken.retention_trouble.empty()) return;
  run.progress().step(
      Mark::warning, "retention",
      fmt::format("some old archives could not be removed: {}; the next run tries again",
                  taken.retention_trouble));
}

ArchiveTaken take_once(Run& run, engine::Engine& engine, archive::Store& store,
                       const SnapshotPlan& plan, engine::LeaseWish wish) {
  const auto can = engine.capabilities(run);
  preflight::require_rights(run, engine, archive_rights(plan));
  say_when_not_one_cut(run, can);
  store.check(run);

  const auto lock = store.lock(run, plan.name, wish.wait);
  for (const auto& text : store.clear_unfinished(run, plan.name, *lock)) {
    run.progress().step(Mark::warning, "recovered", text);
  }
  auto chosen = choose(run, engine, plan);
  require_room(run, store, plan);

  const auto draft = store.begin(run, plan.name, run.clock().now(), *lock);
  const auto dumped =
      engine.dump(run, request_for(plan, std::move(chosen), form_for(plan, can), *draft));
  ArchiveTaken taken;
  taken.entry = draft->publish(run, describe(run, plan, dumped), dumped.format);
  say_published(run, taken.entry);
  retain_after(run, store, *lock, plan, taken);  // only after a success
  return taken;
}

}  // namespace

ArchiveTaken take_archive(Run& run, engine::Engine& engine, archive::Store& store,
                          journal::Journal& journal, const SnapshotPlan& plan,
                          engine::LeaseWish wish) {
  const Entry entry{"snapshot", plan.name, plan.topology.production.text(), store.place(),
                    "snapshot"};
  ArchiveTaken taken;
  recorded(run, journal, entry, [&] {
    run.progress().begin(plan.name, "production " + plan.topology.production.text(),
                         "archives " + store.place());
    retry(run, plan.limits.retries + 1, {}, fmt::format("snapshot of '{}'", plan.name),
          [&](int) { taken = take_once(run, engine, store, plan, wish); });
    return taken.entry.metadata;
  });
  return taken;
}

}  // namespace tidegate::snapshot
