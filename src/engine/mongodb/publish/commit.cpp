#include <fmt/format.h>

#include <map>

#include "engine/mongodb/access/probe.hpp"
#include "engine/mongodb/copy/inspect.hpp"
#include "engine/mongodb/copy/staged.hpp"
#include "engine/mongodb/publish/metadata_codec.hpp"
#include "engine/mongodb/publish/publish.hpp"
#include "engine/mongodb/publish/recover.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// From the commit point on neither a signal nor the time limit counts, for this long.
constexpr std::chrono::milliseconds k_grace{120'000};

void refuse_lost_staging(const std::vector<CollectionCopy>& pieces,
                         const std::vector<CollectionInfo>& listed) {
  for (const auto& piece : pieces) {
    if (piece.is_view()) continue;
    const auto& name = piece.unchanged ? piece.name : piece.staging;
    const auto& uuid = piece.unchanged ? piece.kept_uuid : piece.staged_uuid;
    const auto* there = find_by_name(listed, name);
    if (!there || there->uuid != uuid) {
      throw Error(
          ErrorKind::verification,
          fmt::format(
              "the copy of '{}' is not the one that was verified any more; nothing was published",
              piece.name),
          "another client removes or writes staging collections; run the command again");
    }
  }
}

void plan_moves(PublishPlan& plan, const std::vector<CollectionCopy>& pieces,
                const std::vector<CollectionInfo>& listed) {
  std::vector<Bson> uuids;
  for (const auto& piece : pieces) {
    if (piece.is_view()) {
      plan.views.push_back({piece.name, piece.definition.text()});
      continue;
    }
    const auto& uuid = piece.unchanged ? piece.kept_uuid : piece.staged_uuid;
    uuids.push_back(doc("name", std::string_view(piece.name), "uuid", std::string_view(uuid)));
    if (piece.unchanged) continue;
    const auto* there = find_by_name(listed, piece.name);
    plan.moves.push_back({piece.name, piece.staging, uuid, there ? there->uuid : ""});
  }
  plan.latest.add_array("uuids", Bson::array(uuids));
}

/// Everything of the target that is no part of the copy. What cannot be renamed goes by name.
void plan_removals(PublishPlan& plan, ServerLease& lease, const std::vector<CollectionCopy>& pieces,
                   const std::vector<CollectionInfo>& listed) {
  std::map<std::string_view, const CollectionCopy*> by_name;
  for (const auto& piece : pieces) by_name[piece.name] = &piece;
  for (const auto& each : listed) {
    if (!is_contents(each.name, lease.metadata_collection())) continue;
    const auto piece = by_name.find(each.name);
    const bool copied = piece != by_name.end();
    if (each.type != "collection") {
      if (!copied)
        plan.views_removed.push_back(each.name);  // one in a collection's way goes when that comes
    } else if (!copied || piece->second->is_view()) {
      plan.removals.push_back(
          {each.name, aside_name(plan.run, ServerLease::next_number()), each.uuid});
    }
  }
}

/// The server renames no encrypted collection, and no other onto one; checked before the commit
/// point.
void refuse_encrypted(ServerLease& lease, const std::vector<CollectionInfo>& listed) {
  for (const auto& each : listed) {
    if (!is_contents(each.name, lease.metadata_collection()) ||
        !each.options.has("encryptedFields"))
      continue;
    throw Error(
        ErrorKind::refused,
        fmt::format(
            "'{}.{}' has encrypted fields, and such a collection cannot be moved out of the way; "
            "nothing was changed",
            lease.database(), each.name),
        "drop that collection by hand, then run the command again");
  }
}

void note_previous(PublishPlan& plan, Run& run, Server& server, ServerLease& lease) {
  const auto found = records(run, server, lease.target().database(), lease.metadata_collection());
  plan.had_latest = found.latest.has_value();
  if (!found.latest) return;
  plan.previous_run = found.latest->text("run");
  const auto value = found.latest->at("run");
  // By this it is told apart from what others write there.
  if (!value || bson_iter_type(&*value) == BSON_TYPE_NULL || !plan.previous_run.empty()) return;
  throw Error(ErrorKind::remote,
              fmt::format("'run' of the document 'latest' in '{}.{}' is no text; nothing was "
                          "published",
                          lease.database(), lease.metadata_collection()),
              "remove that document, then run the command again");
}

/// Drops the collection in which lease and metadata live, if the lease in it is still this run's.
void drop_metadata(Run& run, Server& server, ServerLease& lease) {
  const auto& name = lease.metadata_collection();
  const auto aside = aside_name(run.id(), ServerLease::next_number());
  rename_collection(run, server, {lease.database(), name}, aside, Replace::no);
  // The answer does not decide this: a first one may have been lost.
  const auto found =
      server.all(run, lease.database(),
                 doc("find", std::string_view(aside), "filter", doc("_id", "lease"), "limit", 1));
  if (found.empty()) return;
  if (found.front().text("run") == run.id()) {
    drop_collection(run, server, {lease.database(), aside});
  } else {
    rename_collection(run, server, {lease.database(), aside}, name, Replace::no);
  }
}

/// Dropped views leave `system.views` behind, killed copies the server's `tmp.agg_out.*`, and
/// either the database; then the whole of it goes, while the lease is held.
/// @returns false when that is not needed, or not allowed.
bool drop_database(Run& run, Server& server, ServerLease& lease) {
  bool any_more = false;
  for (const auto& each : server.collections(run, lease.database())) {
    if (each.name == lease.metadata_collection()) continue;
    if (is_contents(each.name, lease.metadata_collection()) || is_staging(each.name)) return false;
    any_more = true;
  }
  if (!any_more) return false;
  lease.confirm(run);
  try {
    server.write(run, lease.database(), doc("dropDatabase", 1),
                 {.idempotent = false, .max_time = {}, .needs = {}});
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::permission)
      throw;  // readWrite alone may not; the rest does no harm
    return false;
  }
}

void sweep_after(Run& run, Server& server, ServerLease& lease) {
  try {
    sweep_staging(run, server, lease);
  } catch (const Error& error) {
    run.log().warning(
        "published, but leftovers could not be removed; the next run does it: " + error.message(),
        {{"run", run.id()}});
  }
}

void commit(Run& run, ServerLease& lease, const PublishPlan& plan, StagedCopy* staged) {
  run.check();
  try {
    lease.commit(run, plan);
  } catch (const Error&) {
    if (lease.in_doubt() && staged) staged->disarm();
    throw;
  }
  if (staged) staged->disarm();
  if (!run.shielded()) run.shield(k_grace);  // who is shielded has little time already
}

}  // namespace

void publish(Run& run, Server& server, ServerLease& lease, StagedCopy& staged,
             const Metadata& metadata) {
  const auto capabilities = require_capabilities(run, server, lease);
  lease.confirm(run);
  const auto listed = server.collections(run, lease.database());
  refuse_lost_staging(staged.pieces(), listed);
  refuse_encrypted(lease, listed);
  PublishPlan plan;
  plan.run = run.id();
  plan.latest = to_bson(metadata);
  note_previous(plan, run, server, lease);
  plan_moves(plan, staged.pieces(), listed);
  plan_removals(plan, lease, staged.pieces(), listed);
  commit(run, lease, plan, &staged);
  const auto lost = roll_forward(run, server, lease, plan, capabilities);
  if (!lost.empty()) {
    throw Error(
        ErrorKind::verification,
        fmt::format("'{}' of '{}' was removed by another client while it was published; the "
                    "database is incomplete, and its metadata says so",
                    lost.front(), lease.database()),
        "run the command again: it fills the database again");
  }
  sweep_after(run, server, lease);
}

namespace {

constexpr int k_drops = 3;  // of what another client creates again meanwhile

void drop_contents(Run& run, Server& server, ServerLease& lease) {
  const auto capabilities = require_capabilities(run, server, lease);
  lease.confirm(run);
  PublishPlan plan;
  plan.purpose = PublishPlan::Purpose::drop;
  plan.run = run.id();
  note_previous(plan, run, server, lease);
  const auto listed = server.collections(run, lease.database());
  refuse_encrypted(lease, listed);
  plan_removals(plan, lease, {}, listed);
  commit(run, lease, plan, nullptr);
  roll_forward(run, server, lease, plan, capabilities);
  sweep_staging(run, server, lease);  // of a plan that could not be finished
}

std::string contents_left(Run& run, Server& server, ServerLease& lease) {
  for (const auto& each : server.collections(run, lease.database())) {
    if (is_contents(each.name, lease.metadata_collection())) return each.name;
  }
  return {};
}

/// Leaves the database's own metadata, no longer complete, so that it is known as tidegate's.
void leave_marker(Run& run, Server& server, ServerLease& lease, const std::optional<Bson>& latest) {
  if (!latest) return;
  Bson change = doc("q", doc("_id", "latest"), "u",
                    latest->without({"status"}).add("status", "publishing"), "upsert", true);
  Bson command = doc("update", std::string_view(lease.metadata_collection()));
  command.add_array("updates", Bson().add("0", change));
  lease.confirm(run);
  server.write(run, lease.database(), command);
}

}  // namespace

void drop(Run& run, Server& server, ServerLease& lease) {
  const auto before =
      records(run, server, lease.target().database(), lease.metadata_collection()).latest;
  std::string left;
  for (int i = 0; i < k_drops && (i == 0 || !left.empty()); ++i) {
    drop_contents(run, server, lease);
    left = contents_left(run, server, lease);
  }
  if (!left.empty()) {
    leave_marker(run, server, lease, before);
    throw Error(ErrorKind::conflict,
                fmt::format("'{}.{}' was created again while the database was dropped: another "
                            "client still writes to it",
                            lease.database(), left),
                "stop what uses the database, then drop it again");
  }
  if (!drop_database(run, server, lease)) drop_metadata(run, server, lease);
}

}  // namespace tidegate::engine::mongodb
