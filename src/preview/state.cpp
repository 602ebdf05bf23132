#include "preview/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "snapshot/pick.hpp"

namespace tidegate::preview {
namespace {

using std::chrono::milliseconds;

/// Runs `ask`. An error becomes a text, except the end of the run itself.
std::string unproven_or(const std::function<void()>& ask) {
  try {
    ask();
    return {};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::timeout) throw;
    return error.message();
  }
}

milliseconds since(SystemTime then, SystemTime now) {
  return std::max(milliseconds{0}, now - then);
}

std::vector<engine::Connect> who_may_read_the_snapshot(const StatePlan& plan) {
  std::vector<engine::Connect> ways{plan.snapshot, plan.previews};
  for (const auto& [name, connect] : plan.targets) ways.push_back(connect);
  ways.erase(std::remove_if(ways.begin(), ways.end(), [](const auto& way) { return !way; }),
             ways.end());
  return ways;
}

void refuse_unreadable(const engine::Inventory& found) {
  if (!found.unreadable.empty()) throw Error(ErrorKind::remote, found.unreadable);
}

void fill_in(SnapshotState& state, const engine::Inventory& found, const StatePlan& plan) {
  state.metadata = found.metadata;
  if (found.metadata) {
    state.age = since(found.metadata->timestamp, found.server_time);
    state.stale = plan.max_age && *state.age > *plan.max_age;
  }
  const bool alive = found.holder && !found.holder->expired;
  if (alive) state.holder = found.holder;
  if (!alive) state.staging = found.staging;
  refuse_unreadable(found);
}

void fill_in(SnapshotState& state, Run& run, const StatePlan& plan) {
  const auto store = plan.archives();
  state.archives = ArchivesState{};
  auto& archives = *state.archives;
  archives.place = store->place();
  auto listing = store->list(run, plan.name);
  const auto now = run.clock().now();
  for (const auto& entry : listing.archives) {
    archives.names.push_back(entry.name);
    archives.size += entry.size;
    if (entry.taken > now) archives.from_the_future.push_back(entry.name);
  }
  archives.damaged = std::move(listing.damaged);
  archives.unfinished = std::move(listing.unfinished);
  archives.strangers = std::move(listing.strangers);
  if (const auto newest = snapshot::newest(listing, now)) {
    archives.newest = newest->name;
    state.metadata = newest->metadata;
    state.age = since(newest->metadata.timestamp, now);
    state.stale = plan.max_age && *state.age > *plan.max_age;
  }
}

SnapshotState snapshot_state(Run& run, const StatePlan& plan) {
  SnapshotState state;
  if (plan.archives) {
    state.unproven = unproven_or([&] { fill_in(state, run, plan); });
    return state;
  }
  state.database = plan.topology.snapshot;
  if (!state.database) return state;
  state.unproven = "no connection to it is configured";
  std::string first_reason;
  for (const auto& connect : who_may_read_the_snapshot(plan)) {
    state.unproven =
        unproven_or([&] { fill_in(state, connect()->inspect(run, *state.database), plan); });
    if (state.unproven.empty()) return state;
    if (first_reason.empty()) first_reason = state.unproven;
  }
  if (!first_reason.empty()) state.unproven = first_reason;
  return state;
}

TargetState target_state(Run& run, const std::string& name, const DatabaseName& database,
                         const engine::Connect& connect) {
  TargetState state{name, database, false, {}, {}, {}, false, {}};
  if (!connect) {
    state.unproven = "no connection to it is configured";
    return state;
  }
  state.unproven = unproven_or([&] {
    const auto found = connect()->inspect(run, database);
    state.exists = found.exists;
    state.metadata = found.metadata;
    if (found.holder && !found.holder->expired) state.holder = found.holder;
    refuse_unreadable(found);
  });
  return state;
}

std::vector<TargetState> previews(Run& run, const StatePlan& plan, std::string& unproven) {
  std::vector<TargetState> states;
  if (!plan.topology.previews) return states;
  std::string first_reason;
  // The preview credential lists the databases it has rights on; without it, the producer's
  // credential is used.
  for (const auto& connect : {plan.previews, plan.snapshot}) {
    if (!connect) continue;
    unproven = unproven_or([&] {
      for (auto& filled : connect()->list(run, *plan.topology.previews)) {
        TargetState state{fmt::format("pr-{}", filled.number.value()),
                          filled.database,
                          true,
                          std::move(filled.metadata),
                          {},
                          {},
                          false,
                          std::move(filled.unreadable)};
        if (filled.holder && !filled.holder->expired) state.holder = std::move(filled.holder);
        states.push_back(std::move(state));
      }
    });
    if (unproven.empty()) return states;
    states.clear();
    if (first_reason.empty()) first_reason = unproven;
  }
  unproven = first_reason.empty() ? "no connection to them is configured" : first_reason;
  return states;
}

void judge(TargetState& state, const SnapshotState& snapshot, SystemTime now) {
  if (!state.metadata) return;
  state.age = since(state.metadata->finished_at, now);
  state.stale = state.metadata->snapshot && snapshot.metadata &&
                state.metadata->snapshot->run != snapshot.metadata->run;
}

void add_one(Run& run, const StatePlan& plan, DatabaseState& state) {
  const auto& only = *plan.only;
  const auto database = Gate(plan.topology).database_of(only);
  const auto configured = plan.targets.find(only.text);
  state.targets.push_back(target_state(
      run, only.text, database,
      only.number || configured == plan.targets.end() ? plan.previews : configured->second));
}

void add_all(Run& run, const StatePlan& plan, DatabaseState& state) {
  state.targets = previews(run, plan, state.previews_unproven);
  for (const auto& [name, database] : plan.topology.targets) {
    const auto connect = plan.targets.find(name);
    state.targets.push_back(target_state(
        run, name, database, connect == plan.targets.end() ? engine::Connect{} : connect->second));
  }
}

}  // namespace

DatabaseState state(Run& run, const StatePlan& plan) {
  DatabaseState state;
  state.name = plan.name;
  state.engine = plan.engine;
  state.snapshot = snapshot_state(run, plan);
  if (!plan.only) {
    add_all(run, plan, state);
  } else if (plan.only->text != "snapshot") {
    add_one(run, plan, state);
  }
  for (auto& target : state.targets) judge(target, state.snapshot, run.clock().now());
  return state;
}

}  // namespace tidegate::preview
