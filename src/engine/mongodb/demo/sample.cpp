#include "engine/mongodb/demo/sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/mongodb/demo/sample_server.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr int k_sample_batch = 2000;
constexpr std::chrono::milliseconds k_server_poll{100};
constexpr std::string_view k_staging = "_tidegate.";

struct Shape {
  std::string_view collection;
  int documents;
  std::string_view indexed;  ///< besides `_id`
};

// Named after one real team's collections, so that the demo looks like work.
constexpr std::array<Shape, 5> k_shapes{{{"pmStudy", 30'000, "projectId"},
                                         {"pmInvestigator", 8'000, "email"},
                                         {"pmSystematicSearch", 3'000, "projectId"},
                                         {"pmProjectDailyStat", 12'000, "day"},
                                         {"pmProject", 400, "owner"}}};

/// The same document for the same number, every time.
Bson document(const Shape& shape, int number) {
  const auto project = number * 7919 % 400;
  Bson result;
  result.add("_id", number);
  result.add("projectId", project);
  result.add("title",
             fmt::format("{} {} of project {}", shape.collection.substr(2), number, project));
  result.add("email", fmt::format("person{}@example.org", number));
  result.add("owner", fmt::format("person{}", number % 97));
  result.add("day", SystemTime{std::chrono::milliseconds{1'700'000'000'000LL +
                                                         86'400'000LL * (number % 365)}});
  result.add("score", static_cast<double>(number % 1000) / 8);
  result.add("notes", std::string(static_cast<std::size_t>(200 + number % 400),
                                  static_cast<char>('a' + number % 26)));
  result.add("reviewers", doc("first", number % 31, "second", number % 29));
  return result;
}

/// With its database: `read@tidegate_demo_production`.
std::vector<std::string> roles_of(SampleRole role, const SampleFlow& flow) {
  const auto read = [](const DatabaseName& database) { return "read@" + database.text(); };
  const auto write = [](const std::string& database) {
    return std::vector<std::string>{"readWrite@" + database, "dbAdmin@" + database};
  };
  std::vector<std::string> roles;
  const auto add = [&](const std::vector<std::string>& more) {
    roles.insert(roles.end(), more.begin(), more.end());
  };
  switch (role) {
    case SampleRole::administrator:
      return {"root@admin"};
    case SampleRole::producer:
      add({read(flow.production)});
      add(write(flow.snapshot.text()));
      break;
    case SampleRole::filler:
      add({read(flow.snapshot)});
      add(write(flow.preview.text()));
      add(write(flow.drill));
      break;
  }
  return roles;
}

class MongoSample final : public Sample {
 public:
  explicit MongoSample(const Endpoint& endpoint) : server_(endpoint) {}

  std::string_view unit() const override { return "document"; }

  std::string server(Run& run) override {
    for (;;) {
      try {
        const auto hello = server_.read(run, "admin", doc("hello", 1));
        if (hello.truth("isWritablePrimary")) break;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::unreachable) throw;
      }
      run.sleep(k_server_poll);
    }
    const auto build = server_.read(run, "admin", doc("buildInfo", 1));
    return "MongoDB " + build.text("version");
  }

  void initiate(Run& run, const std::string& host) override {
    const auto member = doc("_id", 0, "host", host);
    Bson config = doc("_id", "tidegate-demo");
    config.add_array("members", Bson::array({member}));
    server_.read(run, "admin", doc("replSetInitiate", config), once());
  }

  std::int64_t fill(Run& run, const DatabaseName& database, SampleSize size) override {
    refuse_others(database);
    std::int64_t documents = 0;
    for (auto shape : k_shapes) {
      if (size == SampleSize::tenth) shape.documents /= 10;
      fill_collection(run, database.text(), shape);
      documents += shape.documents;
    }
    Bson view = doc("create", "activeProjects", "viewOn", "pmProject");
    view.add_array("pipeline", Bson::array({doc("$match", doc("score", doc("$gte", 10.0)))}));
    server_.write(run, database.text(), view, once());
    return documents;
  }

  std::string change_one(Run& run, const DatabaseName& database) override {
    refuse_others(database);
    Bson update = doc("q", doc("_id", 42), "u", doc("$set", doc("title", "changed by hand")));
    Bson command = doc("update", "pmStudy");
    command.add_array("updates", Bson::array({update}));
    const auto reply = server_.write(run, database.text(), command);
    if (reply.number("n") != 1) {
      throw Error(ErrorKind::not_found,
                  fmt::format("no document 42 in '{}.pmStudy'", database.text()));
    }
    return fmt::format(
        "db.getSiblingDB('{}').pmStudy.updateOne({{_id: 42}}, "
        "{{$set: {{title: 'changed by hand'}}}})",
        database.text());
  }

  bool being_filled(Run& run, const DatabaseName& database) override {
    const auto all = server_.collections(run, database.text());
    return std::any_of(all.begin(), all.end(),
                       [](const CollectionInfo& each) { return each.name.starts_with(k_staging); });
  }

  void drop(Run& run, const DatabaseName& database) override {
    refuse_others(database);
    server_.write(run, database.text(), doc("dropDatabase", 1));
  }

  bool create_owner(Run& /*run*/, const std::string& /*name*/) override { return false; }

  void create_user(Run& run, const SampleUser& user, const SampleFlow& flow) override {
    std::vector<Bson> roles;
    for (const auto& role : roles_of(user.role, flow)) {
      const auto at = role.find('@');
      roles.push_back(doc("role", role.substr(0, at), "db", role.substr(at + 1)));
    }
    Bson command = doc("createUser", user.name, "pwd", user.password.reveal());
    command.add_array("roles", Bson::array(roles));
    server_.write(run, "admin", command, once());
  }

  void drop_user(Run& run, const std::string& name) override {
    server_.write(run, "admin", doc("dropUser", name), once());
  }

 private:
  static CommandOptions once() {
    CommandOptions how;
    how.idempotent = false;
    return how;
  }

  static void refuse_others(const DatabaseName& database) {
    if (database.text().rfind(k_sample_prefix, 0) == 0) return;
    throw Error(ErrorKind::refused,
                fmt::format("sample data is written to no database but '{}…', and '{}' is none",
                            k_sample_prefix, database.text()));
  }

  void fill_collection(Run& run, const std::string& database, const Shape& shape) {
    for (int first = 0; first < shape.documents; first += k_sample_batch) {
      std::vector<Bson> batch;
      for (int i = first; i < std::min(first + k_sample_batch, shape.documents); ++i) {
        batch.push_back(document(shape, i));
      }
      Bson command = doc("insert", shape.collection);
      command.add_array("documents", Bson::array(batch));
      server_.write(run, database, command, once());
    }
    Bson indexes = doc("createIndexes", shape.collection);
    indexes.add_array(
        "indexes",
        Bson::array({doc("key", doc(shape.indexed, 1), "name", fmt::format("{}_1", shape.indexed)),
                     doc("key", doc("day", -1, "score", 1), "name", "day_score")}));
    server_.write(run, database, indexes);
  }

  Server server_;
};

}  // namespace

SampleKind sample() {
  return {EngineKind::mongodb, sample_server,
          [](const Endpoint& endpoint) { return std::make_unique<MongoSample>(endpoint); },
          without_user};
}

}  // namespace tidegate::engine::mongodb
