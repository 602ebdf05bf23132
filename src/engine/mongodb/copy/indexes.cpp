#include "engine/mongodb/copy/indexes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/publish/publish.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::array<std::string_view, 20> k_options{"v",
                                                     "key",
                                                     "name",
                                                     "ns",
                                                     "unique",
                                                     "background",
                                                     "sparse",
                                                     "expireAfterSeconds",
                                                     "hidden",
                                                     "partialFilterExpression",
                                                     "weights",
                                                     "collation",
                                                     "bits",
                                                     "default_language",
                                                     "min",
                                                     "language_override",
                                                     "max",
                                                     "textIndexVersion",
                                                     "wildcardProjection",
                                                     "2dsphereIndexVersion"};
constexpr std::array<std::string_view, 4> k_kinds{"text", "2d", "2dsphere", "hashed"};

template <class Known>
bool is_in(const Known& known, std::string_view text) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

bool is_usual_key(const bson_iter_t& key) {
  if (BSON_ITER_HOLDS_UTF8(&key)) return is_in(k_kinds, bson_iter_utf8(&key, nullptr));
  return BSON_ITER_HOLDS_NUMBER(&key) && bson_iter_as_double(&key) != 0;
}

void try_one(Run& run, Server& server, const Namespace& place, const CollectionCopy& piece,
             const Bson& index) {
  try {
    build_indexes(run, server, place, {index}, piece.definition.options);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::remote || is_transient(error)) throw;
    throw Error(ErrorKind::refused,
                fmt::format("the server would not build index '{}' of '{}' again: {}",
                            index.text("name"), piece.name, error.message()),
                "drop that index in production or build it again without what is refused; or leave "
                "the collection out with 'snapshot.exclude'");
  }
}

}  // namespace

bool is_unusual(const Bson& index) {
  const auto options = index.keys();
  const bool documented = std::all_of(options.begin(), options.end(),
                                      [](const auto& each) { return is_in(k_options, each); });
  if (!documented || index.number("v") < 1) return true;
  const auto key = index.document("key");
  bson_iter_t field;
  if (!bson_iter_init(&field, key.raw())) return true;
  while (bson_iter_next(&field)) {
    if (!is_usual_key(field)) return true;
  }
  return false;
}

void create_collection(Run& run, Server& server, const Namespace& collection, const Bson& options) {
  Bson command = doc("create", std::string_view(collection.collection));
  const auto wanted = options.without({"autoIndexId", "uuid"});
  for (const auto& key : wanted.keys()) {
    if (const auto value = wanted.at(key)) command.add_value(key, *value);
  }
  try {
    server.write(run, collection.database, command);
  } catch (const Error& error) {
    // The name is this run's own: a first answer was lost.
    if (error.server_code() != k_namespace_exists) throw;
  }
}

void create_like(Run& run, Server& server, const Namespace& collection, const Bson& options) {
  create_collection(run, server, collection, options.without({"expireAfterSeconds"}));
}

void build_indexes(Run& run, Server& server, const Namespace& collection,
                   const std::vector<Bson>& indexes, const Bson& options) {
  if (indexes.empty()) return;  // an empty list is refused
  std::vector<Bson> replay;
  for (const auto& index : indexes) replay.push_back(replayable(index, options));
  Bson command = doc("createIndexes", std::string_view(collection.collection));
  command.add_array("indexes", Bson::array(replay));
  try {
    // As for every other write. By itself the server waits for all its members, and for as long as
    // one of them is down.
    server.write(run, collection.database, Bson(command).add("commitQuorum", "majority"));
  } catch (const Error& error) {
    if (error.server_code() != k_bad_value) throw;
    server.write(run, collection.database, command);  // a standalone server knows no quorum
  }
}

std::vector<Bson> indexes_before_verification(const CollectionCopy& piece) {
  std::vector<Bson> indexes;
  const bool for_target = piece.recorded.has_value();
  for (const auto& index : piece.definition.indexes) {
    if (index.text("name") == "_id_" || index.has("clustered")) continue;
    if (!is_ttl(index)) {
      indexes.push_back(index);
    } else if (!for_target) {
      indexes.push_back(without_ttl(index));
    }
  }
  return indexes;
}

void try_unusual_indexes(Run& run, Server& server, ServerLease& lease,
                         const std::vector<CollectionCopy>& pieces) {
  for (const auto& piece : pieces) {
    std::vector<Bson> unusual;
    for (const auto& index : piece.definition.indexes) {
      if (index.text("name") == "_id_" || index.has("clustered")) continue;
      if (is_unusual(index)) unusual.push_back(without_ttl(index));
    }
    if (unusual.empty() || piece.unchanged) continue;
    const Namespace place{lease.database(), staging_name(run.id(), lease.next_number())};
    create_like(run, server, place, piece.definition.options);
    for (const auto& index : unusual) try_one(run, server, place, piece, index);
    drop_collection(run, server, place);
  }
}

}  // namespace tidegate::engine::mongodb
