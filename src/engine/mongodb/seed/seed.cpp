#include "engine/mongodb/seed/seed.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "engine/mongodb/copy/empty_timestamps.hpp"
#include "engine/mongodb/copy/indexes.hpp"
#include "engine/mongodb/driver/clients.hpp"
#include "engine/mongodb/driver/document_batch.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"
#include "engine/mongodb/seed/seed_documents.hpp"
#include "engine/mongodb/seed/seed_files.hpp"
#include "engine/seed_command.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// The server would refuse the content of the file at the next try, too.
Error refused(const SeedFile& file, const Error& error) {
  if (error.kind() != ErrorKind::remote) return error;
  return {ErrorKind::config,
          fmt::format("the server refuses what stands in the seed data '{}': {}",
                      file.path.string(), error.message()),
          "correct the file, then run the command again"};
}

void refuse_reserved(const SeedFile& file, const ServerLease& lease) {
  const auto& name = file.collection;
  constexpr std::string_view k_buckets = "system.buckets.";
  if (name.starts_with(k_buckets)) {
    const auto series = name.substr(k_buckets.size());
    throw Error(ErrorKind::config,
                fmt::format("the seed data '{}' is the time series '{}' as the server stores it, "
                            "which cannot be inserted",
                            file.path.string(), series),
                fmt::format("put '{}.json', as mongoexport writes it, in its place", series));
  }
  if (is_contents(name, lease.metadata_collection())) return;
  throw Error(ErrorKind::config,
              fmt::format("the seed data '{}' is about '{}', which is no collection of an "
                          "application's",
                          file.path.string(), name),
              "remove that file");
}

/// mongodump of a database that tidegate has filled writes tidegate's own metadata, too.
bool is_dumped_metadata(const SeedFile& file, const ServerLease& lease) {
  return file.collection == lease.metadata_collection() && file.form != SeedFile::Form::json;
}

void define(Run& run, Server& server, const std::string& database, const SeedFile& file) {
  const Namespace collection{database, file.collection};
  const auto metadata = read_seed_metadata(file);
  const auto options = metadata.document("options").without({"create"});  // of old servers
  std::vector<Bson> indexes;
  for (const auto& index : metadata.documents("indexes")) {
    // Both are made with the collection.
    if (index.text("name") == "_id_" || index.has("clustered")) continue;
    indexes.push_back(index.without({"ns"}));
  }
  create_collection(run, server, collection, options);
  build_indexes(run, server, collection, indexes, options);
}

/// @returns how many documents.
std::int64_t insert(Run& run, Server& server, const std::string& database, const SeedFile& file) {
  const Namespace into{database, file.collection};
  DocumentBatch batch;
  TimestampRestorer timestamps(run, server, into, false);
  std::int64_t documents = 0;
  const auto send = [&] {
    if (batch.empty()) return;
    server.insert(run, into, batch.documents(), {.ordered = true});
    timestamps.send();
    batch.clear();
    run.progress().item_advanced(file.collection, "seed", documents);
  };
  run.progress().item_started(file.collection, 0, {});
  each_document(file, [&](ByteView document) {
    batch.add(document);
    timestamps.add(document);
    ++documents;
    if (batch.full()) send();
    return true;
  });
  send();
  ItemResult result;
  result.documents = documents;
  run.progress().item_finished(file.collection, result);
  return documents;
}

void load_directory(Run& run, Server& server, ServerLease& lease, const std::string& directory) {
  std::vector<std::string> others;
  auto files = seed_files(directory, others);
  std::erase_if(files, [&](const auto& file) {
    const bool left_out = is_dumped_metadata(file, lease);
    if (left_out) others.push_back(file.path.filename().string());
    return left_out;
  });
  for (const auto& file : files) refuse_reserved(file, lease);
  if (!others.empty()) {
    run.progress().step(Mark::warning, "seed",
                        fmt::format("not seed data, and left out: {}", fmt::join(others, ", ")));
  }
  std::set<std::string> made;
  for (const auto& file : files) {
    run.check();
    try {
      const auto& database = lease.database();
      if (file.form == SeedFile::Form::metadata) {
        define(run, server, database, file);
      } else if (insert(run, server, database, file) == 0 && made.count(file.collection) == 0) {
        create_collection(run, server, {database, file.collection}, {});  // an empty file's
      }
      made.insert(file.collection);
    } catch (const Error& error) {
      throw refused(file, error);
    }
  }
}

}  // namespace

void seed(Run& run, Server& server, const Endpoint& endpoint, ServerLease& lease,
          const SeedPlan& plan) {
  lease.refuse_stuck();
  lease.confirm(run);
  if (plan.command.empty()) return load_directory(run, server, lease, plan.file);
  run_seed_command(run, plan.command, lease.target(), url_of(endpoint, lease.database()));
}

}  // namespace tidegate::engine::mongodb
