#include "preview/engine_backend.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utc.hpp"
#include "base/within.hpp"
#include "engine/notes.hpp"
#include "preview/drop.hpp"
#include "preview/fill.hpp"
#include "snapshot/copying.hpp"
#include "snapshot/record.hpp"

namespace tidegate::preview {
namespace {

bool same_lock(const std::optional<LockRecord>& a, const std::optional<LockRecord>& b) {
  return a.has_value() == b.has_value() && (!a || a->label == b->label);
}

bool is_alive(const std::optional<engine::Holder>& holder) { return holder && !holder->expired; }

bool is_half_done(const std::optional<engine::Holder>& holder) {
  return holder && holder->expired && !holder->phase.empty();
}

/// A run with its own entry in the journal.
LimitedRun recorded_within(const Run& run, const LimitedRun::Limit& limit) {
  return {run, limit, make_run_id(run.clock())};
}

class EngineBackend final : public PreviewBackend {
 public:
  EngineBackend(std::unique_ptr<Previews> previews, journal::Journal& journal,
                engine::LeaseWish wish)
      : previews_(std::move(previews)),
        journal_(journal),
        wish_(wish),
        gate_(previews_->topology()) {
    if (previews_->topology().previews) return;
    throw Error(ErrorKind::config, fmt::format("'{}' has no previews", previews_->name()),
                fmt::format("set 'databases.{}.previews.database'", previews_->name()));
  }

  std::string database(PullNumber number) const override {
    return previews_->topology().previews->name_of(number).text();
  }

  std::optional<PreviewState> inspect(Run& run, PullNumber number) override {
    const auto name = previews_->topology().previews->name_of(number);
    const auto found = previews_->engine(number)->inspect(run, name);
    if (!found.exists) return std::nullopt;
    return PreviewState{number,
                        name.text(),
                        found.metadata,
                        is_alive(found.holder),
                        is_half_done(found.holder),
                        found.size(),
                        !found.unreadable.empty(),
                        found.abandoned};
  }

  std::vector<PreviewState> list(Run& run) override;
  std::optional<Metadata> record_lock(Run& run, const PullRequest& pull,
                                      const std::optional<LockRecord>& lock,
                                      const PreviewState& standing) override;
  ApplyResult apply(Run& run, const ApplyRequest& request) override;

 private:
  ApplyResult fill(Run& run, const ApplyRequest& request);
  ApplyResult drop(Run& run, const ApplyRequest& request);
  Metadata marker(Run& run, const PullRequest& pull) const;

  std::unique_ptr<Previews> previews_;
  journal::Journal& journal_;
  engine::LeaseWish wish_;
  Gate gate_;
};

std::vector<PreviewState> EngineBackend::list(Run& run) {
  std::optional<Error> first;
  for (const auto& connect : previews_->listers()) {
    try {
      std::vector<PreviewState> found;
      for (auto& each : connect()->list(run, *previews_->topology().previews)) {
        found.push_back({each.number,
                         each.database.text(),
                         std::move(each.metadata),
                         is_alive(each.holder),
                         is_half_done(each.holder),
                         {},
                         !each.unreadable.empty(),
                         each.abandoned});
      }
      return found;
    } catch (const Error& error) {
      run.check();
      if (!first) first = error;
    }
  }
  if (first) throw *first;
  throw Error(ErrorKind::config,
              fmt::format("no credential of '{}' may list its previews", previews_->name()),
              "a connection string without {number} is needed to see all of them");
}

Metadata EngineBackend::marker(Run& run, const PullRequest& pull) const {
  auto metadata = snapshot::describe(run, std::vector<Content>());
  metadata.timestamp = metadata.finished_at;
  metadata.method = "seed";
  metadata.target = fmt::format("pr-{}", pull.number.value());
  const auto plan = previews_->drop_plan(pull.number, pull.commit);
  metadata.pull_request = PullRequestOrigin{plan.repository, pull.number.value(), pull.commit};
  return metadata;
}

std::optional<Metadata> EngineBackend::record_lock(Run& run, const PullRequest& pull,
                                                   const std::optional<LockRecord>& lock,
                                                   const PreviewState& standing) {
  const bool right =
      standing.metadata && same_lock(standing.metadata->locked, lock) && !standing.interrupted;
  if (right) return standing.metadata;
  const auto target = *parse_target(fmt::format("pr-{}", pull.number.value()));
  const auto change = [&](const std::optional<Metadata>& now) -> std::optional<Metadata> {
    if (now && same_lock(now->locked, lock) && !standing.interrupted) return std::nullopt;
    auto metadata = now ? *now : marker(run, pull);
    if (!same_lock(metadata.locked, lock)) metadata.locked = lock;
    return metadata;
  };
  const auto engine = previews_->engine(pull.number);
  const auto* operation = standing.interrupted ? "recover" : lock ? "lock" : "unlock";
  if (!standing.metadata && !lock) operation = "mark";
  const snapshot::Entry entry{operation, previews_->name(), "", standing.database, target.text};
  auto own = recorded_within(run, {});
  return snapshot::recorded(own.run(), journal_, entry, [&] {
    return engine::Notes::annotate(own.run(), *engine, mark(gate_, target), change, wish_);
  });
}

ApplyResult EngineBackend::apply(Run& run, const ApplyRequest& request) {
  switch (request.decision.action) {
    case Action::fill:
      // Seeding begins with an empty database, whatever it held before.
      return request.decision.afterwards == TargetContent::seed ? drop(run, request)
                                                                : fill(run, request);
    case Action::drop:
      return drop(run, request);
    case Action::none:
      break;
  }
  return {};
}

ApplyResult EngineBackend::fill(Run& run, const ApplyRequest& request) {
  const auto number = request.pull.number;
  const auto plan = previews_->restore_plan(number, request.pull.commit);
  const auto engine = previews_->engine(number);
  const auto store = plan.archives ? previews_->open_store(*plan.archives) : nullptr;
  const auto source = store ? from_archive(*store, plan) : from_database(*engine, plan);
  auto own = recorded_within(run, plan.limits.timeout);
  auto metadata = preview::fill(own.run(), *engine, *source, gate_, journal_, plan, wish_,
                                {request.require_unchanged, request.lock});
  auto says = fmt::format("filled from the snapshot of {}", to_minute(metadata.timestamp));
  return {true, std::move(metadata), std::move(says)};
}

ApplyResult EngineBackend::drop(Run& run, const ApplyRequest& request) {
  const auto number = request.pull.number;
  const auto plan = previews_->drop_plan(number, request.pull.commit);
  const auto leave =
      request.decision.afterwards == TargetContent::seed ? Leave::seed : Leave::nothing;
  const auto engine = previews_->engine(number);
  auto own = recorded_within(run, plan.limits.timeout);
  auto dropped = preview::drop(own.run(), *engine, gate_, journal_, plan, leave, wish_,
                               {request.require_unchanged, request.lock});
  const auto* seeded =
      plan.seed.by_application() ? "emptied, for the application to seed" : "filled with seed data";
  return {true, std::move(dropped.metadata), leave == Leave::seed ? seeded : "dropped"};
}

}  // namespace

TargetContent content_of(const std::optional<Metadata>& metadata) {
  if (!metadata) return TargetContent::nothing;
  return metadata->snapshot ? TargetContent::snapshot : TargetContent::seed;
}

ObservedTarget seen(const std::optional<PreviewState>& standing) {
  if (!standing) return {TargetContent::nothing, {}};
  if (standing->busy) return {TargetContent::unknown, {}};
  if (standing->abandoned) return {TargetContent::nothing, {}, false, true};
  if (!standing->metadata) return {TargetContent::seed, {}, standing->unreadable};
  const auto& metadata = *standing->metadata;
  return {content_of(metadata), metadata.pull_request ? metadata.pull_request->commit : "",
          metadata.status == Status::publishing};
}

std::unique_ptr<PreviewBackend> engine_backend(std::unique_ptr<Previews> previews,
                                               journal::Journal& journal, engine::LeaseWish wish) {
  return std::make_unique<EngineBackend>(std::move(previews), journal, wish);
}

}  // namespace tidegate::preview
