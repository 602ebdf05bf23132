#include "support/mongodb_under_test.hpp"

#include <algorithm>
#include <fstream>

#include "engine/mongodb/mongodb.hpp"

namespace tidegate::test {
namespace {

constexpr auto k_metadata = "snapshot_metadata";

bool is_seen(const std::string& collection) {
  return collection != k_metadata && collection.rfind("_tidegate", 0) != 0 &&
         collection.rfind("tmp.agg_out", 0) != 0;
}

}  // namespace

MongoDbUnderTest::MongoDbUnderTest(MongoServer& server)
    : server_(server), client_(server.client()) {
  for (const auto& name : own_databases()) client_.drop_database(name);
}

MongoDbUnderTest::~MongoDbUnderTest() {
  for (const auto& name : own_databases()) client_.drop_database(name);
}

std::vector<std::string> MongoDbUnderTest::own_databases() {
  auto names = client_.databases();
  const auto prefix = server_.database("c_");
  names.erase(std::remove_if(names.begin(), names.end(),
                             [&](const auto& name) { return name.rfind(prefix, 0) != 0; }),
              names.end());
  return names;
}

Topology MongoDbUnderTest::topology() const {
  const auto name = [this](const std::string& text) { return server_.database("c_" + text); };
  return {DatabaseName(name("production")),
          DatabaseName(name("snapshot")),
          NamePattern(name("pr_{number}")),
          {{"staging", DatabaseName(name("staging"))}},
          {},
          {DatabaseName("admin"), DatabaseName("local"), DatabaseName("config")}};
}

std::unique_ptr<engine::Engine> MongoDbUnderTest::connect() {
  Endpoint endpoint;
  endpoint.uri = Secret(server_.uri());
  endpoint.origin = "the test";
  return engine::mongodb::kind().connect(endpoint, k_metadata);
}

void MongoDbUnderTest::load(const DatabaseName& database, const Data& data) {
  client_.drop_database(database.text());
  for (const auto& [name, documents] : data) {
    client_.command(database.text(), {{"create", name}});
    client_.create_indexes(database.text(), name, {{{"key", {{"text", 1}}}, {"name", "text_1"}}});
    std::vector<Json> rows;
    for (const auto& [id, text] : documents) rows.push_back({{"_id", id}, {"text", text}});
    if (!rows.empty()) client_.insert(database.text(), name, rows);
  }
}

Data MongoDbUnderTest::read(const DatabaseName& database) {
  Data data;
  for (const auto& name : client_.collections(database.text())) {
    if (!is_seen(name)) continue;
    auto& documents = data[name];
    for (const auto& row : client_.find(database.text(), name)) {
      documents[row.at("_id").get<std::string>()] = row.at("text").get<std::string>();
    }
  }
  return data;
}

std::string MongoDbUnderTest::seed_file(const std::filesystem::path& folder, const Data& data) {
  const auto directory = folder / "seed";
  std::filesystem::create_directory(directory);
  for (const auto& [name, documents] : data) {
    std::ofstream file(directory / (name + ".json"));
    for (const auto& [id, text] : documents) {
      file << Json{{"_id", id}, {"text", text}}.dump() << "\n";
    }
  }
  return directory;
}

void MongoDbUnderTest::lock(const DatabaseName& database, const std::string& label) {
  const Json since{{"$date", "2026-11-22T03:00:00Z"}};
  client_.update_one(database.text(), k_metadata, {{"_id", "latest"}},
                     {{"$set", {{"locked", {{"label", label}, {"since", since}}}}}});
}

void MongoDbUnderTest::spoil(const DatabaseName& database) {
  client_.update_one(database.text(), k_metadata, {{"_id", "latest"}},
                     {{"$unset", {{"method", ""}}}});
}

void MongoDbUnderTest::let_leases_run_out() {
  const Json past{{"$date", "2020-01-01T00:00:00Z"}};
  for (const auto& name : own_databases()) {
    client_.update_one(name, k_metadata, {{"_id", "lease"}},
                       {{"$set", {{"expires", past}, {"renewed", past}}}});
  }
}

CallOutcome MongoDbUnderTest::attempt(FaultPoint point, const Work& work) {
  if (point.fault == Fault::crash) return attempt_in_child(*this, point, work);
  const auto inner = connect();
  FaultyEngine faulty(*inner, point, [] {});
  try {
    work(faulty);
    return CallOutcome::well;
  } catch (const Error&) {
    return CallOutcome::with_error;
  }
}

}  // namespace tidegate::test
