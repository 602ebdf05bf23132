#include "engine/mongodb/copy/copy.hpp"

#include <fmt/format.h>

#include "base/side_by_side.hpp"
#include "engine/mongodb/archive/load.hpp"
#include "engine/mongodb/copy/client_copy.hpp"
#include "engine/mongodb/copy/empty_timestamps.hpp"
#include "engine/mongodb/copy/indexes.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {
namespace {

using std::chrono::milliseconds;

constexpr int k_tries = 4;
constexpr milliseconds k_pause{1000};
/// A larger collection is no longer in any cache when its copy is done.
constexpr Bytes k_large{1'000'000'000};

Bson last_stage(const std::string& database, const CollectionCopy& piece) {
  if (piece.method == "$out") {
    return doc("$out",
               doc("db", std::string_view(database), "coll", std::string_view(piece.staging)));
  }
  return doc(
      "$merge",
      doc("into", doc("db", std::string_view(database), "coll", std::string_view(piece.staging)),
          "whenMatched", "fail", "whenNotMatched", "insert"));
}

void copy_documents(Run& run, Server& server, const std::string& database,
                    const CollectionCopy& piece) {
  if (piece.method == k_stream) return copy_through_client(run, server, database, piece);
  Bson command = doc("aggregate", std::string_view(piece.source.collection));
  command.add_array("pipeline", Bson().add("0", last_stage(database, piece)));
  command.add("cursor", Bson()).add("readConcern", piece.read_at.concern());
  // Documents that break their own validator are production's business; the right comes with
  // dbAdmin.
  if (piece.definition.options.has("validator")) command.add("bypassDocumentValidation", true);
  try {
    server.write(run, piece.source.database, command,
                 {.idempotent = false, .max_time = {}, .needs = {}});
  } catch (const Error& error) {
    // To another database is more than the probe, which has only one, could try.
    if (!says_unsupported(error)) throw;
    throw refusal_without(ServerCapability::copy_to_database, error.message());
  }
}

/// Of production no checksum is known, so that the copy is made right without being asked.
void carry_empty_timestamps(Run& run, Server& server, const std::string& database,
                            CollectionCopy& piece) {
  TimestampRestorer copy(run, server, {database, piece.staging},
                         piece.definition.options.has("validator"));
  piece.empty_timestamps =
      restore_empty_timestamps(run, server, piece.source, piece.read_at.concern(), copy);
}

milliseconds since(const Run& run, SteadyTime begin) {
  return std::chrono::duration_cast<milliseconds>(run.clock().steady() - begin);
}

/// Production is read no longer than it must be: its sums right after the copy, before any index;
/// beside the copy where the history that both are read from may end before that.
void copy_and_sum_up(Run& run, Server& server, const std::string& database, CollectionCopy& piece) {
  const auto begin = run.clock().steady();
  const auto copy = [&] {
    copy_documents(run, server, database, piece);
    piece.copy_time = since(run, begin);
  };
  bool has_empty_timestamps = false;
  const auto sum_up = [&] {
    piece.source_sum = server_sum(run, server, piece.source, piece.read_at.concern());
    has_empty_timestamps = keeps_empty_timestamps(server) &&
                           any_empty_timestamps(run, server, piece.source, piece.read_at.concern());
  };
  const bool beside = piece.read_at.time && (!piece.at_cut || piece.expected_bytes > k_large);
  side_by_side(2, beside ? 2 : 1, [&](std::size_t i, const std::atomic<bool>&) {
    if (i == 0) {
      copy();
    } else {
      sum_up();
    }
  });
  if (has_empty_timestamps) carry_empty_timestamps(run, server, database, piece);
}

/// The server's own words name a staging collection, or none.
Error of_copy(const CollectionCopy& piece, Error error) {
  const bool in_its_words =
      error.kind() == ErrorKind::remote || error.kind() == ErrorKind::no_space;
  if (in_its_words) error.prefixed(fmt::format("copying '{}'", piece.name));
  return error;
}

void copy_once(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece) {
  const auto begin = run.clock().steady();
  const auto& database = lease.database();
  piece.staging = staging_name(run.id(), lease.next_number());
  create_like(run, server, {database, piece.staging}, piece.definition.options);
  if (!piece.recorded) {
    copy_and_sum_up(run, server, database, piece);
  } else {
    if (piece.file) {
      load_documents(run, server, database, piece);
    } else {
      copy_documents(run, server, database, piece);
    }
    piece.copy_time = since(run, begin);
  }
  const auto copied = run.clock().steady();
  run.progress().item_advanced(piece.name, "indexes", piece.expected_documents);
  build_indexes(run, server, {database, piece.staging}, indexes_before_verification(piece),
                piece.definition.options);
  piece.index_time = since(run, copied);
}

}  // namespace

void copy_piece(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece) {
  for (int attempt = 1;; ++attempt) {
    try {
      copy_once(run, server, lease, piece);
      return;
    } catch (const Error& error) {
      // A capped collection may overwrite what is just being read of it.
      const bool overtaken = error.server_code() == k_capped_position_lost;
      if (attempt >= k_tries || !(overtaken || is_transient(error))) throw of_copy(piece, error);
      run.log().warning(
          fmt::format("copying '{}': {}; beginning it again", piece.name, error.message()),
          {{"run", run.id()}});
    }
    run.sleep(k_pause * attempt);
    // The server may still be at it.
    server.kill_operations(run, run.id(), piece.source.collection);
  }
}

void add_ttl(Run& run, Server& server, const std::string& database, const CollectionCopy& piece) {
  std::vector<Bson> indexes;
  for (const auto& index : piece.definition.indexes) {
    if (is_ttl(index)) indexes.push_back(index);
  }
  build_indexes(run, server, {database, piece.staging}, indexes, piece.definition.options);
  if (const auto ttl = piece.definition.options.at("expireAfterSeconds")) {
    Bson command = doc("collMod", std::string_view(piece.staging));
    command.add_value("expireAfterSeconds", *ttl);
    server.write(run, database, command);
  }
}

}  // namespace tidegate::engine::mongodb
