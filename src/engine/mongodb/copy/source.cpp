#include "engine/mongodb/copy/source.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/side_by_side.hpp"
#include "engine/mongodb/archive/load.hpp"
#include "engine/mongodb/copy/inspect.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr int k_listed_at_once = 4;

using CollectionsByUuid = std::map<std::string_view, const CollectionInfo*>;

CollectionsByUuid by_uuid(const std::vector<CollectionInfo>& listed) {
  CollectionsByUuid collections;
  for (const auto& each : listed) {
    if (!each.uuid.empty()) collections.emplace(each.uuid, &each);
  }
  return collections;
}

const CollectionInfo* find_by_uuid(const CollectionsByUuid& collections, std::string_view uuid) {
  const auto found = collections.find(uuid);
  return found == collections.end() ? nullptr : found->second;
}

void read_indexes(Run& run, Server& server, std::vector<CollectionCopy>& pieces) {
  side_by_side(pieces.size(), k_listed_at_once, [&](std::size_t i, const std::atomic<bool>&) {
    if (!pieces[i].is_view()) pieces[i].definition.indexes = server.indexes(run, pieces[i].source);
  });
}

Resolved from_production(Run& run, Server& server, const StageRequest& request) {
  const auto& database = request.source.text();
  const auto listed = server.collections(run, database);
  Resolved resolved;
  for (const auto& item : request.items) {
    const auto* there = find_by_name(listed, item.name);
    if (!there || there->type != item.type) {
      resolved.changed = fmt::format("'{}.{}' is gone", database, item.name);
      return resolved;
    }
    CollectionCopy piece;
    piece.name = item.name;
    piece.definition.type = there->type;
    piece.definition.options = there->options;
    piece.source = {database, item.name};
    piece.source_uuid = there->uuid;
    piece.expected_documents = item.documents;
    piece.expected_bytes = item.data;
    resolved.pieces.push_back(std::move(piece));
  }
  read_indexes(run, server, resolved.pieces);
  largest_first(resolved.pieces);
  return resolved;
}

/// Final name → UUID, as the plan or `latest` records it.
std::map<std::string, std::string> published_uuids(const Records& found) {
  std::map<std::string, std::string> uuids;
  const auto add = [&](const Bson& latest) {
    for (const auto& each : latest.documents("uuids")) uuids[each.text("name")] = each.text("uuid");
  };
  if (const auto plan = found.plan()) {
    add(plan->latest);
  } else if (found.latest) {
    add(*found.latest);
  }
  return uuids;
}

Resolved from_snapshot(Run& run, Server& server, const StageRequest& request,
                       const std::string& metadata_collection) {
  const auto& database = request.source.text();
  const auto found = records(run, server, request.source, metadata_collection);
  Resolved resolved;
  const auto now = found.published();
  if (!now || now->run != request.snapshot->run) {
    resolved.changed =
        now ? fmt::format("the snapshot is that of run {} now", now->run) : "the snapshot is gone";
    return resolved;
  }
  const auto uuids = published_uuids(found);
  const auto listed = server.collections(run, database);
  const auto collections = by_uuid(listed);
  for (const auto& content : request.snapshot->contents) {
    const auto recorded = uuids.find(content.name);
    CollectionCopy piece;
    piece.name = content.name;
    piece.definition = Definition::read(content.definition);
    piece.expected_documents = content.documents;
    piece.expected_bytes = content.bytes;
    piece.recorded = content;
    piece.source = {database, content.name};
    if (!piece.is_view()) {
      const auto* there = recorded != uuids.end() && !recorded->second.empty()
                              ? find_by_uuid(collections, recorded->second)
                              : find_by_name(listed, content.name);
      if (!there) {
        resolved.changed = fmt::format("'{}.{}' is gone or another one", database, content.name);
        return resolved;
      }
      piece.source.collection = there->name;
      piece.source_uuid = there->uuid;
    }
    resolved.pieces.push_back(std::move(piece));
  }
  largest_first(resolved.pieces);
  return resolved;
}

std::string production_changed(Run& run, Server& server, const StageRequest& request,
                               const std::vector<CollectionCopy>& pieces) {
  const auto again = from_production(run, server, request);
  if (!again.changed.empty()) return again.changed;
  std::map<std::string_view, const CollectionCopy*> by_name;
  for (const auto& each : again.pieces) by_name.emplace(each.name, &each);
  for (const auto& piece : pieces) {
    const auto* same = by_name.at(piece.name);
    if (same->source_uuid != piece.source_uuid)
      return fmt::format("'{}' was replaced", piece.source.text());
    if (!same->definition.equals(piece.definition)) {
      return fmt::format("options or indexes of '{}' were changed", piece.source.text());
    }
  }
  return {};
}

}  // namespace

void largest_first(std::vector<CollectionCopy>& pieces) {
  std::stable_sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) {
    return a.expected_bytes > b.expected_bytes;
  });
}

Resolved resolve(Run& run, Server& server, const StageRequest& request,
                 const std::string& metadata_collection) {
  if (request.archive) return from_archive(request);
  return request.snapshot ? from_snapshot(run, server, request, metadata_collection)
                          : from_production(run, server, request);
}

std::string changed_since(Run& run, Server& server, const StageRequest& request,
                          const std::vector<CollectionCopy>& pieces,
                          const std::string& metadata_collection) {
  if (request.archive) return {};
  if (!request.snapshot) return production_changed(run, server, request, pieces);
  const auto now = published_metadata(run, server, request.source, metadata_collection);
  if (!now) return "the snapshot is gone";
  return now->run == request.snapshot->run
             ? ""
             : fmt::format("the snapshot is that of run {} now", now->run);
}

void refuse_long_names(const std::string& database, const std::vector<CollectionCopy>& pieces) {
  constexpr std::size_t k_longest = 255;  // bytes, the database's name and the dot included
  std::vector<std::string> names;
  for (const auto& piece : pieces) {
    if (Namespace{database, piece.name}.text().size() > k_longest) names.push_back(piece.name);
  }
  if (names.empty()) return;
  throw Error(ErrorKind::refused,
              fmt::format("in '{}' the name of '{}' would be longer than {} bytes with the "
                          "database's own; nothing was written",
                          database, fmt::join(names, "', '"), k_longest),
              "give the database to be filled a shorter name, or leave the collection out by "
              "'snapshot.exclude'");
}

bool is_in_place(const std::vector<CollectionInfo>& listed, const CollectionCopy& piece) {
  const auto* there = find_by_name(listed, piece.source.collection);
  return there && (piece.source_uuid.empty() || there->uuid == piece.source_uuid);
}

bool find_again(const std::vector<CollectionInfo>& listed, CollectionCopy& piece) {
  if (is_in_place(listed, piece)) return true;
  const auto* there = find_by_uuid(by_uuid(listed), piece.source_uuid);
  if (there) piece.source.collection = there->name;
  return there != nullptr;
}

}  // namespace tidegate::engine::mongodb
