#include "engine/mongodb/publish/recover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/mongodb/access/probe.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/publish/publish.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::chrono::milliseconds k_look_again{200};
constexpr int k_looks =
    150;  // half a minute: an operation notices that it was killed within seconds

std::vector<CollectionInfo> left_behind(Run& run, Server& server, ServerLease& lease) {
  auto listed = server.collections(run, lease.database());
  std::erase_if(listed, [](const auto& each) { return !is_staging(each.name); });
  return listed;
}

void end_operations(Run& run, Server& server, const std::set<std::string>& runs) {
  for (const auto& of_run : runs) {
    int looks = 0;
    while (server.kill_operations(run, of_run) > 0) {
      if (++looks == k_looks) {
        throw Error(
            ErrorKind::conflict,
            fmt::format("operations of run {}, which is dead, do not end", of_run),
            "look at db.currentOp() on the server, and run the command again when they are gone");
      }
      run.sleep(k_look_again);
    }
  }
}

Bson latest(Run& run, Server& server, const ServerLease& lease) {
  const auto found = server.all(run, lease.database(),
                                doc("find", std::string_view(lease.metadata_collection()), "filter",
                                    doc("_id", "latest"), "limit", 1));
  return found.empty() ? Bson{} : found.front();
}

/// The name under which a collection of this UUID was published; empty when it was not.
std::string published_name(const Bson& latest, const std::string& uuid) {
  for (const auto& each : latest.documents("uuids")) {
    if (each.text("uuid") == uuid) return each.text("name");
  }
  return {};
}

void clear_one(Run& run, Server& server, ServerLease& lease, const CollectionInfo& staged,
               const Bson& published) {
  const Namespace there{lease.database(), staged.name};
  lease.confirm(run);
  if (is_aside(staged.name)) {
    const auto name = published_name(published, staged.uuid);
    if (!name.empty() && rename_collection(run, server, there, name, Replace::no)) {
      lease.add_recovered(fmt::format("'{}' was moved back to its place", name));
      return;
    }
  }
  drop_collection(run, server, there);
}

std::string told(const PublishPlan& plan, const std::vector<std::string>& lost) {
  const auto what = plan.purpose == PublishPlan::Purpose::drop ? "dropping" : "publishing";
  if (lost.empty()) {
    return fmt::format("run {} had died while {}; that is finished now", plan.run, what);
  }
  return fmt::format("run {} had died while {} and '{}' is lost; it will be filled again", plan.run,
                     what, lost.front());
}

/// @returns false when the server refuses what the plan asks for, and will again: then the plan
/// stays, with its staging, until this holder's own takes its place.
bool finish(Run& run, Server& server, ServerLease& lease, const PublishPlan& plan) {
  const auto capabilities = require_capabilities(run, server, lease);
  try {
    lease.add_recovered(told(plan, roll_forward(run, server, lease, plan, capabilities)));
    return true;
  } catch (const Error& error) {
    // Its own run is to fail by it.
    if (error.kind() != ErrorKind::remote || plan.run == run.id()) throw;
    lease.set_stuck(error);
    lease.add_recovered(
        fmt::format("run {} had died while publishing, and that cannot be "
                    "finished: {}; what is published or dropped now replaces it",
                    plan.run, error.message()));
    return false;
  }
}

}  // namespace

void sweep_staging(Run& run, Server& server, ServerLease& lease) {
  const auto left = left_behind(run, server, lease);
  if (left.empty()) return;
  std::set<std::string> runs;
  for (const auto& each : left) runs.insert(run_in(each.name));
  end_operations(run, server, runs);
  const auto published = latest(run, server, lease);
  for (const auto& each : left_behind(run, server, lease))
    clear_one(run, server, lease, each, published);
  lease.add_recovered(
      fmt::format("what run {} had staged was removed ({})", *runs.begin(), left.size()));
}

void recover(Run& run, Server& server, ServerLease& lease) {
  if (!lease.previous_run().empty()) {
    end_operations(run, server, {lease.previous_run()});
  }
  if (const auto plan = lease.unfinished(); plan && !finish(run, server, lease, *plan)) return;
  // An earlier try of this very run may have left something, too.
  sweep_staging(run, server, lease);
}

}  // namespace tidegate::engine::mongodb
