#include "engine/mongodb/copy/read_timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mongodb/access/capabilities.hpp"
#include "engine/mongodb/access/probe.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

Error cannot_require(const std::string& what, const std::string& more = {}) {
  return Error(ErrorKind::refused,
               fmt::format("'consistency: require' cannot be held: {}; nothing was changed", what),
               more +
                   "allow 'consistency: prefer', which records what was not read at one moment, "
                   "or exclude the collection");
}

}  // namespace

ReadTimestamp choose_cut(Run& run, Server& server, bool point_in_time) {
  const auto hello = server.read(run, "admin", doc("hello", 1));
  ReadTimestamp cut;
  cut.time = hello.time("localTime").value_or(SystemTime{});
  if (point_in_time) cut.at.time = hello.cluster_time("operationTime");
  return cut;
}

void refuse_cut_untold(const ReadTimestamp& cut, ConsistencyWish wish) {
  if (wish == ConsistencyWish::require && !cut.at.time) {
    throw cannot_require("the server has not told its cluster time");
  }
}

ReadTimestamp cut_of_production(Run& run, Server& server, const std::vector<CollectionCopy>& pieces,
                                const Capabilities& capabilities, ConsistencyWish wish) {
  bool point_in_time = capabilities.point_in_time;
  if (point_in_time && !keeps_read_timestamps(run, server, pieces)) {
    if (wish == ConsistencyWish::require) throw cannot_require(k_time_ignored);
    run.progress().step(Mark::warning, "cut",
                        fmt::format("no one moment for all collections: {}", k_time_ignored));
    point_in_time = false;
  }
  const auto cut = choose_cut(run, server, point_in_time);
  refuse_cut_untold(cut, wish);
  return cut;
}

bool read_at_one_moment(const ReadTimestamp& cut, const std::vector<CollectionCopy>& pieces) {
  return cut.at.time && std::all_of(pieces.begin(), pieces.end(), [](const auto& piece) {
           return piece.is_view() || piece.at_cut;
         });
}

void refuse_without_cut(const StageRequest& request, const std::vector<CollectionCopy>& pieces,
                        const Capabilities& capabilities) {
  if (request.consistency != ConsistencyWish::require || request.snapshot) return;
  if (!capabilities.point_in_time) throw cannot_require(capabilities.why_not);
  for (const auto& piece : pieces) {
    if (piece.is_capped()) {
      throw cannot_require(fmt::format(
          "'{}' is capped, and no capped collection can be read at a moment of the past",
          piece.source.text()));
    }
  }
}

Error outlasts_history(const CollectionCopy& piece) {
  return cannot_require(
      fmt::format("copying '{}' takes longer than the server keeps its history", piece.name),
      "let it keep more (setParameter minSnapshotHistoryWindowInSeconds, 300 by default), or ");
}

void say_not_at_cut(Run& run, const CollectionCopy& piece, std::string_view when) {
  run.log().warning(
      fmt::format("'{}' cannot be read at the moment of the cut any more; copying it {} (the "
                  "server keeps its history for minSnapshotHistoryWindowInSeconds, 300 by default)",
                  piece.name, when),
      {{"run", run.id()}});
}

void refuse_read_as_empty(Run& run, Server& server, const CollectionCopy& piece) {
  if (piece.source_sum->documents > 0 || piece.expected_documents == 0) return;
  // The count that was expected may be wrong, since a server that crashed, or old by now.
  const auto any = doc("find", std::string_view(piece.source.collection), "limit", 1, "readConcern",
                       ReadPoint{}.concern());
  if (server.all(run, piece.source.database, any).empty()) return;
  throw Error(ErrorKind::remote,
              fmt::format("'{}' reads as empty, although it holds about {} documents",
                          piece.source.text(), piece.expected_documents))
      .with_server_code(k_namespace_not_found);
}

}  // namespace tidegate::engine::mongodb
