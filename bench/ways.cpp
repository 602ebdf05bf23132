#include "bench/ways.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/driver.hpp"

namespace tidegate::bench {
namespace {

const Json k_majority = {{"w", "majority"}};

struct Source {
  std::string name;
  Json options, indexes;
  std::int64_t size = 0;
};

Json first_batch(Connection& connection, const std::string& database, Json command) {
  command["cursor"] = {{"batchSize", 1000}};
  return connection.command(database, command).at("cursor").at("firstBatch");
}

std::vector<Source> sources_of(Connection& connection, const std::string& database) {
  std::vector<Source> result;
  for (const auto& entry : first_batch(connection, database, {{"listCollections", 1}})) {
    const auto name = entry.at("name").get<std::string>();
    const bool own = name == "snapshot_metadata" || name.rfind("system.", 0) == 0;
    if (own || entry.value("type", "collection") != "collection") continue;
    Source source{name, entry.value("options", Json::object()), Json::array(), 0};
    for (auto index : first_batch(connection, database, {{"listIndexes", name}})) {
      index.erase("ns");
      if (index.at("name") != "_id_") source.indexes.push_back(index);
    }
    source.size =
        connection.command(database, {{"collStats", name}}).at("size").get<std::int64_t>();
    result.push_back(std::move(source));
  }
  std::sort(result.begin(), result.end(),
            [](const Source& a, const Source& b) { return a.size > b.size; });
  return result;
}

void create_indexes(Connection& connection, const std::string& database,
                    const std::string& collection, const Json& indexes) {
  if (indexes.empty()) return;
  connection.command(
      database,
      {{"createIndexes", collection}, {"indexes", indexes}, {"writeConcern", k_majority}});
}

void copy(Connection& connection, const std::string& database, const std::string& collection,
          const std::string& to_database, const std::string& to_collection) {
  const Json out = {{"$out", {{"db", to_database}, {"coll", to_collection}}}};
  connection.command(database, {{"aggregate", collection},
                                {"pipeline", Json::array({out})},
                                {"cursor", Json::object()},
                                {"bypassDocumentValidation", true},
                                {"writeConcern", k_majority}});
}

}  // namespace

void fill_like_the_script(const std::string& uri, const std::string& source,
                          const std::string& target) {
  Connection connection(uri);
  for (const auto& item : sources_of(connection, source)) {
    connection.try_command(target, {{"drop", item.name}});
    create_indexes(connection, target, item.name, item.indexes);
    copy(connection, source, item.name, target, item.name);
  }
}

void fill_staged(const std::string& uri, const std::string& source, const std::string& target,
                 int parallel) {
  Connection connection(uri);
  const auto items = sources_of(connection, source);
  const auto staging = [](std::size_t number) { return "_bench." + std::to_string(number); };
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      Connection own(uri);
      for (auto i = next++; i < items.size(); i = next++) {
        Json create = {{"create", staging(i)}};
        create.update(items[i].options);
        own.command(target, create);
        copy(own, source, items[i].name, target, staging(i));
        create_indexes(own, target, staging(i), items[i].indexes);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < parallel; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  for (std::size_t i = 0; i < items.size(); ++i) {
    connection.command("admin", {{"renameCollection", target + "." + staging(i)},
                                 {"to", target + "." + items[i].name},
                                 {"dropTarget", true},
                                 {"writeConcern", k_majority}});
  }
}

void expect_same_counts(const std::string& uri, const std::string& source,
                        const std::string& target) {
  Connection connection(uri);
  for (const auto& item : sources_of(connection, source)) {
    const auto count = [&](const std::string& database) {
      return connection.command(database, {{"count", item.name}}).at("n").get<std::int64_t>();
    };
    if (count(source) != count(target)) {
      throw std::runtime_error(target + "." + item.name + " has " + std::to_string(count(target)) +
                               " documents, " + source + " has " + std::to_string(count(source)));
    }
  }
}

}  // namespace tidegate::bench
