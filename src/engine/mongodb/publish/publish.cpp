#include "engine/mongodb/publish/publish.hpp"

#include <fmt/format.h>

#include <mutex>
#include <set>

#include "base/side_by_side.hpp"
#include "engine/mongodb/copy/definition.hpp"
#include "engine/mongodb/copy/kept_options.hpp"
#include "engine/mongodb/copy/views.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/publish/removal.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::chrono::milliseconds k_rename_limit{5'000};
constexpr std::chrono::milliseconds k_rename_pause{500};

/// Cannot be renamed, and so neither moved aside nor told apart by UUID.
bool is_by_name(const CollectionInfo& listed) { return listed.type != "collection"; }

bool bears(const std::vector<CollectionInfo>& listed, const std::string& name,
           const std::string& uuid) {
  const auto* found = find_by_name(listed, name);
  return found && !uuid.empty() && found->uuid == uuid;
}

/// `latest` as the plan knew it: no other run's, and not the one that the plan leaves.
Bson previous_latest(const PublishPlan& plan) {
  if (plan.previous_run.empty()) return doc("_id", "latest").add_null("run");
  return doc("_id", "latest", "run", std::string_view(plan.previous_run));
}

/// `latest` as the plan knew it, or as the plan leaves it.
Bson latest_of(const PublishPlan& plan) {
  Bson runs;
  if (plan.previous_run.empty()) {
    runs.add_null("0");
  } else {
    runs.add("0", std::string_view(plan.previous_run));
  }
  runs.add("1", std::string_view(plan.run));
  return doc("_id", "latest", "run", Bson().add_array("$in", runs));
}

Bson update_one(const std::string& collection, const Bson& query, const Bson& change) {
  Bson command = doc("update", std::string_view(collection));
  command.add_array("updates", Bson().add("0", doc("q", query, "u", change)));
  return command;
}

/// Readers from outside see that something is going on.
void mark_publishing(Run& run, Server& server, ServerLease& lease, const PublishPlan& plan) {
  const auto& collection = lease.metadata_collection();
  if (plan.had_latest) {
    server.write(
        run, lease.database(),
        update_one(collection, previous_latest(plan), doc("$set", doc("status", "publishing"))));
    return;
  }
  Bson insert = doc("insert", std::string_view(collection));
  insert.add_array("documents",
                   Bson().add("0", plan.latest.without({"status"}).add("status", "publishing")));
  try {
    server.write(run, lease.database(), insert);
  } catch (const Error& error) {
    if (error.server_code() != k_duplicate_key) throw;
  }
}

/// @returns false when the server knows no such staging collection any more.
bool move_one(Run& run, Server& server, ServerLease& lease,
              const std::vector<CollectionInfo>& listed, const Move& move) {
  if (const auto* there = find_by_name(listed, move.name); there && is_by_name(*there)) {
    lease.confirm(run);
    drop_collection(run, server, {lease.database(), move.name});
  }
  // The name is this plan's own, so that nothing else can be moved by it.
  return rename_collection(run, server, {lease.database(), move.staging}, move.name, Replace::yes);
}

/// @returns the names whose rename this call has been told to be done.
std::set<std::string> move_into_place(Run& run, Server& server, ServerLease& lease,
                                      const PublishPlan& plan) {
  const auto listed = server.collections(run, lease.database());
  std::vector<const Move*> left;  // others are done already, or lost: told apart at the end
  for (const auto& move : plan.moves) {
    if (bears(listed, move.staging, move.uuid)) left.push_back(&move);
  }
  std::mutex mutex;
  std::set<std::string> moved;
  side_by_side(left.size(), k_steps_at_once, [&](std::size_t i, const std::atomic<bool>&) {
    if (!move_one(run, server, lease, listed, *left[i])) return;
    const std::lock_guard lock(mutex);
    moved.insert(left[i]->name);
  });
  return moved;
}

Bson create_view(const DesiredView& view, const Definition& wanted) {
  Bson command = doc("create", std::string_view(view.name));
  for (const auto& key : wanted.options.keys()) {
    if (const auto value = wanted.options.at(key)) command.add_value(key, *value);
  }
  return command;
}

/// All that differ go before any comes: an old one and a new one may not stand together, as when
/// one is over the other the wrong way round, or has another collation.
void put_views(Run& run, Server& server, ServerLease& lease,
               const std::vector<DesiredView>& views) {
  const auto listed = server.collections(run, lease.database());
  std::vector<std::pair<DesiredView, Definition>> missing;
  for (const auto& view : views) {
    auto wanted = Definition::read(view.definition);
    if (is_view_as_wanted(listed, view.name, wanted)) continue;
    if (const auto* there = find_by_name(listed, view.name); there && there->type == "view") {
      lease.confirm(run);
      drop_collection(run, server, {lease.database(), view.name});
    }
    missing.emplace_back(view, std::move(wanted));
  }
  for (const auto& [view, wanted] : missing) {
    lease.confirm(run);
    try {
      server.write(run, lease.database(), create_view(view, wanted));
    } catch (const Error& error) {
      if (error.server_code() != k_namespace_exists) throw;
    }
  }
}

/// Whether a move was carried out, by this holder of the lease or an earlier one. Where a rename
/// gives another UUID, the staging name, which only this plan uses, is gone, and what stands under
/// the final name is not what stood there before.
bool is_published(const std::vector<CollectionInfo>& listed, const Move& move,
                  const ServerCapabilities& capabilities) {
  if (capabilities.has(ServerCapability::rename_keeps_uuid)) {
    return bears(listed, move.name, move.uuid);
  }
  const auto* there = find_by_name(listed, move.name);
  return there && !is_by_name(*there) && there->uuid != move.replaced &&
         !find_by_name(listed, move.staging);
}

struct Published {
  std::vector<std::string> lost;
  Bson latest;  ///< with the UUIDs as they are: a server may give a renamed collection another one
};

Published look(Run& run, Server& server, ServerLease& lease, const PublishPlan& plan,
               const std::set<std::string>& moved, const ServerCapabilities& capabilities) {
  const auto listed = server.collections(run, lease.database());
  Published published;
  std::set<std::string> there;
  for (const auto& move : plan.moves) {
    const bool by_this_call = moved.contains(move.name) && find_by_name(listed, move.name);
    if (by_this_call || is_published(listed, move, capabilities)) {
      there.insert(move.name);
    } else {
      published.lost.push_back(move.name);
    }
  }
  std::vector<Bson> uuids;
  for (const auto& each : plan.latest.documents("uuids")) {
    const auto name = each.text("name");
    const auto* now = there.contains(name) ? find_by_name(listed, name) : nullptr;
    uuids.push_back(now ? each.without({"uuid"}).add("uuid", std::string_view(now->uuid)) : each);
  }
  published.latest = plan.latest.without({"uuids"}).add_array("uuids", Bson::array(uuids));
  return published;
}

void write_latest(Run& run, Server& server, ServerLease& lease, const PublishPlan& plan,
                  const Bson& latest) {
  lease.confirm(run);
  Bson change = doc("q", latest_of(plan), "u", latest, "upsert", true);
  Bson command = doc("update", std::string_view(lease.metadata_collection()));
  command.add_array("updates", Bson().add("0", change));
  try {
    server.write(run, lease.database(), command);
  } catch (const Error& error) {
    // Another run's is there by now: this process was paused, and that one has published since.
    if (error.server_code() != k_duplicate_key) throw;
  }
}

void remove_latest(Run& run, Server& server, ServerLease& lease, const PublishPlan& plan) {
  Bson command = doc("delete", std::string_view(lease.metadata_collection()));
  command.add_array("deletes", Bson().add("0", doc("q", latest_of(plan), "limit", 1)));
  server.write(run, lease.database(), command);
}

}  // namespace

bool rename_collection(Run& run, Server& server, const Namespace& from, const std::string& to,
                       Replace replace) {
  const auto target = Namespace{from.database, to}.text();
  const auto command = doc("renameCollection", std::string_view(from.text()), "to",
                           std::string_view(target), "dropTarget", replace == Replace::yes);
  for (;;) {
    try {
      server.write(run, "admin", command,
                   {.idempotent = true, .max_time = k_rename_limit, .needs = {}});
      return true;
    } catch (const Error& error) {
      if (error.server_code() == k_namespace_not_found) return false;
      if (error.server_code() == k_namespace_exists && replace == Replace::no) return false;
      if (error.server_code() != k_max_time_expired &&
          error.server_code() != k_background_operation) {
        throw;
      }
      run.log().info(fmt::format("something holds up the renaming of '{}' (a transaction, an index "
                                 "build, a secondary that lags); trying again",
                                 from.text()),
                     {{"run", run.id()}});
      run.sleep(k_rename_pause);
    }
  }
}

void drop_collection(Run& run, Server& server, const Namespace& collection) {
  try {
    server.write(run, collection.database, doc("drop", std::string_view(collection.collection)));
  } catch (const Error& error) {
    if (error.server_code() != k_namespace_not_found) throw;
  }
}

std::vector<std::string> roll_forward(Run& run, Server& server, ServerLease& lease,
                                      const PublishPlan& plan,
                                      const ServerCapabilities& capabilities) {
  const bool publishes = plan.purpose == PublishPlan::Purpose::publish;
  Published published;
  lease.confirm(run);
  if (publishes) {
    mark_publishing(run, server, lease, plan);
    const auto moved = move_into_place(run, server, lease, plan);
    published = look(run, server, lease, plan, moved, capabilities);
  } else {
    remove_latest(run, server, lease, plan);
  }
  // Where something is lost, the collections to be removed may be all that is left.
  if (published.lost.empty()) {
    remove_by_name(run, server, lease, plan.views_removed);
    remove_collections(run, server, lease, plan.removals, capabilities);
    if (publishes) restore_options(run, server, lease, plan, capabilities);
    put_views(run, server, lease, plan.views);
    if (publishes) write_latest(run, server, lease, plan, published.latest);
  }
  lease.clear(run);
  return published.lost;
}

}  // namespace tidegate::engine::mongodb
