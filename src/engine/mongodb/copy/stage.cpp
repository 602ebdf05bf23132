#include <fmt/format.h>

#include <algorithm>

#include "base/side_by_side.hpp"
#include "engine/mongodb/access/probe.hpp"
#include "engine/mongodb/copy/client_copy.hpp"
#include "engine/mongodb/copy/copy.hpp"
#include "engine/mongodb/copy/copy_monitor.hpp"
#include "engine/mongodb/copy/indexes.hpp"
#include "engine/mongodb/copy/kept_options.hpp"
#include "engine/mongodb/copy/staged.hpp"
#include "engine/mongodb/copy/views.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr int k_renames_followed = 3;

[[noreturn]] void gone(const CollectionCopy& piece) {
  throw Error(ErrorKind::remote, fmt::format("'{}' is gone", piece.source.text()))
      .with_server_code(k_namespace_not_found);
}

/// A snapshot's collection may be renamed by its own publish while it is read: the same UUID under
/// another name.
void copy_from_snapshot(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece) {
  for (int i = 0; i < k_renames_followed; ++i) {
    try {
      return copy_piece(run, server, lease, piece);
    } catch (const Error& error) {
      if (!says_source_changed(error)) throw;
    }
    const auto listed = server.collections(run, piece.source.database);
    if (!find_again(listed, piece)) break;
  }
  gone(piece);
}

/// Equal in definition, count and size: probably nothing to copy. Its checksum decides, last of
/// all, when everything else is verified (check_what_stays). TTLs delete while one looks, so never
/// with one.
bool may_stay(Run& run, Server& server, ServerLease& lease, const CollectionCopy& piece,
              const CollectionInfo& there) {
  if (piece.is_view() || piece.definition.has_ttl() || piece.recorded->checksum.empty() ||
      there.type != "collection") {
    return false;
  }
  const auto stats =
      server.read(run, lease.database(), doc("collStats", std::string_view(there.name)));
  if (stats.number("count") != piece.recorded->documents ||
      stats.number("size") != piece.recorded->bytes.count) {
    return false;
  }
  const Definition own{there.type, there.options,
                       server.indexes(run, {lease.database(), there.name})};
  return own.equals(piece.definition);
}

void leave_what_is_equal(Run& run, Server& server, ServerLease& lease, StagedCopy& staged) {
  if (!staged.request().snapshot) return;
  const auto listed = server.collections(run, lease.database());
  auto& pieces = staged.pieces();
  side_by_side(pieces.size(), staged.request().parallel,
               [&](std::size_t i, const std::atomic<bool>&) {
                 auto& piece = pieces[i];
                 const auto* there = find_by_name(listed, piece.name);
                 if (!there || !may_stay(run, server, lease, piece, *there)) return;
                 piece.unchanged = true;
                 piece.kept_uuid = there->uuid;
               });
}

void copy_all(Run& run, Server& server, ServerLease& lease, StagedCopy& staged) {
  std::vector<CollectionCopy*> todo;
  for (auto& piece : staged.pieces()) {
    if (!piece.is_view() && !piece.unchanged) todo.push_back(&piece);
  }
  CopyMonitor watch(run, server, lease.database());
  side_by_side(
      todo.size(), staged.request().parallel, [&](std::size_t i, const std::atomic<bool>&) {
        auto& piece = *todo[i];
        run.check();
        run.progress().item_started(piece.name, piece.expected_documents, piece.expected_bytes);
        watch.begins(piece.name);
        try {
          copy_at_cut(run, server, lease, staged, piece);
        } catch (...) {
          watch.abandon();  // the others' operations need not go on
          throw;
        }
        watch.ends(piece.name);
        report_copied(run, piece);
      });
  copy_renamed_again(run, server, lease, staged, todo);
}

void say_timestamps_not_kept(Run& run, const ServerCapabilities& has, const StageRequest& request) {
  if (has.has(ServerCapability::empty_timestamps) || request.snapshot) return;
  const auto& contract = contract_of(ServerCapability::empty_timestamps);
  run.progress().step(Mark::warning, "timestamps",
                      fmt::format("the server lacks '{}': {}", contract.name, contract.without));
}

/// No capped collection can be written by $out; that it keeps a clustered one's order is documented
/// nowhere. Some servers lose the options of whatever it writes into.
bool must_merge(Server& server, const CollectionCopy& piece) {
  const auto& options = piece.definition.options;
  if (piece.is_capped() || options.has("clusteredIndex")) return true;
  const auto known = server.known();
  return !options.empty() && known && !known->has(ServerCapability::out_keeps_options);
}

std::string method_for(Run& run, Server& server, const CollectionCopy& piece) {
  if (piece.file) return k_stream;
  if (!must_merge(server, piece)) return "$out";
  return refuses_merge(run, server, piece) ? k_stream : "$merge";
}

void expect_copies(Run& run, const std::vector<CollectionCopy>& pieces) {
  std::int64_t documents = 0;
  Bytes bytes;
  int items = 0;
  for (const auto& piece : pieces) {
    if (piece.is_view() || piece.unchanged) continue;
    ++items;
    documents += piece.expected_documents;
    bytes += piece.expected_bytes;
  }
  run.progress().expect(items, documents, bytes);
  for (const auto& piece : pieces) {
    if (piece.unchanged) report_copied(run, piece);
  }
}

}  // namespace

void report_copied(Run& run, const CollectionCopy& piece) {
  ItemResult result;
  const auto content = piece.content();
  result.documents = content.documents;
  result.bytes = content.bytes;
  result.copy_time = piece.copy_time;
  result.indexes = content.indexes;
  result.index_time = piece.index_time;
  if (piece.unchanged) result.note = "unchanged";
  if (piece.is_view()) result.note = "view";
  if (!piece.recorded && !piece.is_view() && !piece.at_cut)
    result.note = "not at the moment of the others";
  run.progress().item_finished(piece.name, result);
}

void note_uuids(Run& run, Server& server, ServerLease& lease, std::vector<CollectionCopy>& pieces) {
  const auto listed = server.collections(run, lease.database());
  for (auto& piece : pieces) {
    if (const auto* there = find_by_name(listed, piece.staging)) piece.staged_uuid = there->uuid;
  }
}

void copy_renamed_again(Run& run, Server& server, ServerLease& lease, const StagedCopy& staged,
                        std::vector<CollectionCopy*> copied) {
  const auto& request = staged.request();
  if (!request.snapshot || request.archive || copied.empty()) return;
  for (int i = 0; i < k_renames_followed; ++i) {
    const auto listed = server.collections(run, request.source.text());
    std::erase_if(copied, [&](const auto* piece) { return is_in_place(listed, *piece); });
    if (copied.empty()) return;
    side_by_side(copied.size(), request.parallel, [&](std::size_t at, const std::atomic<bool>&) {
      if (!find_again(listed, *copied[at])) gone(*copied[at]);
      copy_from_snapshot(run, server, lease, *copied[at]);
    });
  }
  gone(*copied.front());
}

void copy_at_cut(Run& run, Server& server, ServerLease& lease, const StagedCopy& staged,
                 CollectionCopy& piece) {
  piece.method = method_for(run, server, piece);
  if (piece.recorded) {
    piece.read_at = {};
    if (piece.file) return copy_piece(run, server, lease, piece);
    return copy_from_snapshot(run, server, lease, piece);
  }
  const auto& cut = staged.chosen_cut().at;
  piece.read_at = piece.is_capped() ? ReadPoint{} : cut;
  piece.at_cut = piece.read_at.time.has_value();
  for (int later = 0;; ++later) {
    try {
      copy_piece(run, server, lease, piece);
      break;
    } catch (const Error& error) {
      if (error.server_code() != k_snapshot_too_old || later == 2) throw;
      if (staged.request().consistency == ConsistencyWish::require) throw outlasts_history(piece);
      say_not_at_cut(run, piece, later == 0 ? "at a later one" : "as it is now");
    }
    piece.at_cut = false;
    piece.read_at = later == 0 ? choose_cut(run, server, true).at : ReadPoint{};
  }
  refuse_read_as_empty(run, server, piece);
}

std::unique_ptr<StagedCopy> stage(Run& run, Server& server, ServerLease& lease,
                                  const StageRequest& request, const Capabilities& capabilities) {
  const auto has = require_capabilities(run, server, lease);
  auto staged = std::make_unique<StagedCopy>(run, server, lease, request);
  auto resolved = resolve(run, server, request, lease.metadata_collection());
  if (!resolved.changed.empty()) {
    staged->set_changed(resolved.changed);
    return staged;
  }
  refuse_long_names(lease.database(), resolved.pieces);
  refuse_without_cut(request, resolved.pieces, capabilities);
  staged->set_pieces(std::move(resolved.pieces));
  // After the list, so that whatever is dropped or replaced since is noticed by comparing lists.
  auto cut = request.snapshot ? choose_cut(run, server, false)
                              : cut_of_production(run, server, staged->pieces(), capabilities,
                                                  request.consistency);
  if (request.snapshot) cut.time = request.snapshot->timestamp;
  staged->set_cut(cut);
  leave_what_is_equal(run, server, lease, *staged);
  refuse_lost_options(staged->pieces(), has);
  say_timestamps_not_kept(run, has, request);
  try_unusual_indexes(run, server, lease, staged->pieces());
  try_views(run, server, lease, staged->pieces());
  expect_copies(run, staged->pieces());
  try {
    copy_all(run, server, lease, *staged);
  } catch (const Error& error) {
    if (!says_source_changed(error)) throw;
    staged->set_changed(error.message());
    return staged;
  }
  staged->set_changed(
      changed_since(run, server, request, staged->pieces(), lease.metadata_collection()));
  note_uuids(run, server, lease, staged->pieces());
  staged->describe();
  return staged;
}

}  // namespace tidegate::engine::mongodb
