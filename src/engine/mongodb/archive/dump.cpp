#include "engine/mongodb/archive/dump.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/side_by_side.hpp"
#include "engine/mongodb/archive/archive_files.hpp"
#include "engine/mongodb/archive/document_stream.hpp"
#include "engine/mongodb/copy/copy_monitor.hpp"
#include "engine/mongodb/copy/source.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

using std::chrono::milliseconds;

// Four collections at a time, each with several of them in memory.
constexpr std::int64_t k_batch_bytes = 400'000;
constexpr std::int64_t k_progress_bytes = 1'000'000;
constexpr int k_read_tries = 4;
constexpr milliseconds k_read_pause{1000};

/// One dump, and what all its collections share.
struct DumpJob {
  Run& run;
  Server& server;
  const DumpRequest& request;
  const ReadTimestamp& cut;
  ArchiveFiles files;
};

ReadOptions reading_of(const CollectionCopy& piece) {
  ReadOptions how;
  how.concern = piece.read_at.concern();
  // Their order is what they are for.
  how.order = piece.is_capped() ? Order::natural : Order::by_id;
  how.batch_bytes = k_batch_bytes;
  if (piece.expected_documents > 0) {
    how.average_document_size = piece.expected_bytes.count / piece.expected_documents;
  }
  return how;
}

Checksum write_documents(const DumpJob& all, const CollectionCopy& piece, FileWriter& file) {
  Checksum sum;
  Md5 md5;
  std::int64_t told = 0;
  stream_documents(all.run, all.server, piece.source, reading_of(piece), [&](DocumentView each) {
    const ByteView bytes(bson_get_data(each.raw), each.raw->len);
    md5.add(bytes.data(), bytes.size());
    file.write(bytes);
    sum.bytes += Bytes{each.raw->len};
    ++sum.documents;
    if (sum.bytes.count - told >= k_progress_bytes) {
      told = sum.bytes.count;
      all.run.progress().item_advanced(piece.name, "copy", sum.documents);
    }
    return true;
  });
  sum.md5 = md5.hex();
  return sum;
}

/// Begun again after a network failure, at the same moment.
Checksum read_at_moment(const DumpJob& all, const CollectionCopy& piece, FileWriter& file) {
  for (int attempt = 1;; ++attempt) {
    try {
      return write_documents(all, piece, file);
    } catch (const Error& error) {
      if (attempt >= k_read_tries || !is_transient(error)) throw;
      all.run.log().warning(
          fmt::format("reading '{}': {}; beginning it again", piece.name, error.message()),
          {{"run", all.run.id()}});
    }
    all.run.sleep(k_read_pause * attempt);
    file.restart();
  }
}

/// At the cut, or, where the server's history does not reach back to it any more, later.
void read_source(const DumpJob& all, CollectionCopy& piece, FileWriter& file) {
  for (int later = 0;; ++later) {
    try {
      piece.source_sum = read_at_moment(all, piece, file);
      return;
    } catch (const Error& error) {
      if (error.server_code() != k_snapshot_too_old || later == 2) throw;
      if (all.request.consistency == ConsistencyWish::require) throw outlasts_history(piece);
      say_not_at_cut(all.run, piece, later == 0 ? "at a later one" : "as it is now");
    }
    file.restart();
    piece.at_cut = false;
    piece.read_at = later == 0 ? choose_cut(all.run, all.server, true).at : ReadPoint{};
  }
}

/// Compares the file, as it is on the disk, with the checksum of the documents written to it.
void read_back(Run& run, const ArchiveFiles& files, const CollectionCopy& piece) {
  DocumentReader reader(files.documents(piece.name), files.compression);
  Md5 md5;
  std::int64_t checked = 0;
  while (const auto document = reader.next()) {
    md5.add(document->data(), document->size());
    checked += static_cast<std::int64_t>(document->size());
    if (checked >= k_progress_bytes) {
      run.check();
      checked = 0;
    }
  }
  if (md5.hex() != piece.source_sum->md5) {
    throw reader.damaged("it does not hold what was written to it");
  }
}

void write_metadata(const ArchiveFiles& files, const CollectionCopy& piece) {
  FileWriter file(files.metadata(piece.name), files.compression);
  const auto text = metadata_json(piece.definition, piece.name, piece.source_uuid);
  file.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  file.finish();
}

void report(Run& run, const CollectionCopy& piece) {
  ItemResult result;
  const auto content = piece.content();
  result.documents = content.documents;
  result.bytes = content.bytes;
  result.copy_time = piece.copy_time;
  result.indexes = content.indexes;
  if (piece.is_view()) result.note = "view";
  if (!piece.is_view() && !piece.at_cut) result.note = "not at the moment of the others";
  run.progress().item_finished(piece.name, result);
}

void dump_piece(const DumpJob& all, CollectionCopy& piece) {
  const auto begin = all.run.clock().steady();
  all.run.check();
  write_metadata(all.files, piece);
  piece.verified = Verified::checksum;  // a view's definition is the whole of it
  if (!piece.is_view()) {
    all.run.progress().item_started(piece.name, piece.expected_documents, piece.expected_bytes);
    // No capped collection can be read at a moment of the past.
    piece.read_at = piece.is_capped() ? ReadPoint{} : all.cut.at;
    piece.at_cut = piece.read_at.time.has_value();
    FileWriter file(all.files.documents(piece.name), all.files.compression);
    read_source(all, piece, file);
    refuse_read_as_empty(all.run, all.server, piece);
    file.finish();
    read_back(all.run, all.files, piece);
    piece.checksum = piece.source_sum->md5;
    piece.copy_time = std::chrono::duration_cast<milliseconds>(all.run.clock().steady() - begin);
  }
  report(all.run, piece);
}

void expect_reads(Run& run, const std::vector<CollectionCopy>& pieces) {
  std::int64_t documents = 0;
  Bytes bytes;
  for (const auto& piece : pieces) {
    documents += piece.expected_documents;
    bytes += piece.expected_bytes;
  }
  run.progress().expect(static_cast<int>(pieces.size()), documents, bytes);
}

DumpResult describe(const DumpRequest& request, const ReadTimestamp& cut,
                    const std::vector<CollectionCopy>& pieces) {
  DumpResult dumped;
  dumped.cut = cut.time;
  dumped.consistency =
      read_at_one_moment(cut, pieces) ? Consistency::point_in_time : Consistency::per_collection;
  dumped.method = "stream";
  dumped.format =
      fmt::format("mongodump directory, {}", request.compression == Compression::none
                                                 ? "not compressed"
                                                 : name_of(decided(request.compression)));
  dumped.verified = Verified::checksum;
  for (const auto& piece : pieces) dumped.contents.push_back(piece.content());
  std::sort(dumped.contents.begin(), dumped.contents.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return dumped;
}

[[noreturn]] void changed(const std::string& how) {
  throw Error(ErrorKind::remote, fmt::format("the source changed under the dump: {}", how),
              "run it again when no collection is being dropped or altered")
      .with_server_code(k_namespace_not_found);
}

}  // namespace

DumpResult dump(Run& run, Server& server, const DumpRequest& request,
                const Capabilities& capabilities) {
  StageRequest source{request.source, request.items, {}, request.consistency, request.parallel};
  auto resolved = resolve(run, server, source, {});
  if (!resolved.changed.empty()) changed(resolved.changed);
  refuse_without_cut(source, resolved.pieces, capabilities);
  // After the list, so that whatever is dropped or replaced since is noticed by comparing lists.
  const auto cut =
      cut_of_production(run, server, resolved.pieces, capabilities, request.consistency);
  const DumpJob all{run,
                    server,
                    request,
                    cut,
                    {request.path / request.source.text(), decided(request.compression)}};
  make_directory(request.path);
  make_directory(all.files.directory);
  expect_reads(run, resolved.pieces);
  {
    CopyMonitor watch(run, server, request.source.text());  // a stop reaches what the server is at
    side_by_side(
        resolved.pieces.size(), request.parallel,
        [&](std::size_t i, const std::atomic<bool>&) { dump_piece(all, resolved.pieces[i]); });
  }
  const auto how = changed_since(run, server, source, resolved.pieces, {});
  if (!how.empty()) changed(how);
  sync_directory(all.files.directory);
  sync_directory(request.path);
  return describe(request, cut, resolved.pieces);
}

}  // namespace tidegate::engine::mongodb
