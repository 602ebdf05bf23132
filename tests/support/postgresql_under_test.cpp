#include "support/postgresql_under_test.hpp"

#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/postgresql/postgresql.hpp"

namespace tidegate::test {
namespace {

constexpr auto k_tables =
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";

/// Allows connections to a snapshot while it is read.
class Opened {
 public:
  Opened(SqlClient& admin, const std::string& database)
      : admin_(admin), quoted_(admin.identifier(database)) {
    shut_ =
        admin.text("SELECT datallowconn FROM pg_database WHERE datname = $1", {database}) == "f";
    if (shut_) set("true");
  }
  ~Opened() {
    if (shut_) set("false");
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

 private:
  void set(const char* allowed) {
    admin_.run("ALTER DATABASE " + quoted_ + " ALLOW_CONNECTIONS " + allowed);
  }
  SqlClient& admin_;
  std::string quoted_;
  bool shut_ = false;
};

bool is_dead(const std::string& process) {
  return ::access(("/proc/" + process).c_str(), F_OK) != 0;
}

}  // namespace

PostgresqlUnderTest::PostgresqlUnderTest(PostgresServer& server)
    : server_(server), admin_(server.client()) {
  clear();
}

PostgresqlUnderTest::~PostgresqlUnderTest() { clear(); }

void PostgresqlUnderTest::clear() { server_.drop_databases(server_.name("c_")); }

Topology PostgresqlUnderTest::topology() const {
  const auto kind = EngineKind::postgresql;
  const auto name = [&](const std::string& text) { return server_.name("c_" + text); };
  return {DatabaseName(name("production"), kind),
          DatabaseName(name("snapshot"), kind),
          NamePattern(name("pr_{number}"), kind),
          {{"staging", DatabaseName(name("staging"), kind)}},
          {},
          {DatabaseName("postgres", kind), DatabaseName("template0", kind),
           DatabaseName("template1", kind)}};
}

std::unique_ptr<engine::Engine> PostgresqlUnderTest::connect() {
  Endpoint endpoint;
  endpoint.uri = Secret(server_.uri());
  endpoint.origin = "the test";
  return engine::postgresql::kind().connect(endpoint, "");
}

void PostgresqlUnderTest::load(const DatabaseName& database, const Data& data) {
  const auto quoted = admin_.identifier(database.text());
  admin_.run("DROP DATABASE IF EXISTS " + quoted + " WITH (FORCE)");
  admin_.run("CREATE DATABASE " + quoted + " TEMPLATE template0");
  auto client = server_.client(database.text());
  for (const auto& [name, documents] : data) {
    const auto table = client.identifier(name);
    client.run("CREATE TABLE " + table + " (id text PRIMARY KEY, body text)");
    client.run("CREATE INDEX ON " + table + " (body)");
    for (const auto& [id, body] : documents) {
      client.run("INSERT INTO " + table + " VALUES ($1, $2)", {id, body});
    }
  }
}

Data PostgresqlUnderTest::read(const DatabaseName& database) {
  Data data;
  const auto there = "SELECT count(*) FROM pg_database WHERE datname = $1";
  if (admin_.text(there, {database.text()}) == "0") return data;
  const Opened opened(admin_, database.text());
  auto client = server_.client(database.text());
  for (const auto& name : client.column(k_tables)) {
    auto& documents = data[name];
    for (const auto& row : client.rows("SELECT id, body FROM " + client.identifier(name))) {
      documents[row[0].value()] = row[1].value();
    }
  }
  return data;
}

std::string PostgresqlUnderTest::seed_file(const std::filesystem::path& folder, const Data& data) {
  const auto place = folder / "seed.sql";
  std::ofstream file(place);
  for (const auto& [name, documents] : data) {
    const auto table = admin_.identifier(name);
    file << "CREATE TABLE " << table << " (id text PRIMARY KEY, body text);\n";
    for (const auto& [id, body] : documents) {
      file << "INSERT INTO " << table << " VALUES (" << admin_.literal(id) << ", "
           << admin_.literal(body) << ");\n";
    }
  }
  return place;
}

void PostgresqlUnderTest::lock(const DatabaseName& database, const std::string& label) {
  change_comment(database, [&](auto& metadata) {
    metadata["locked"] = {{"label", label}, {"since", "2026-11-22T03:00:00Z"}};
  });
}

void PostgresqlUnderTest::spoil(const DatabaseName& database) {
  change_comment(database, [](auto& metadata) { metadata.erase("method"); });
}

void PostgresqlUnderTest::change_comment(
    const DatabaseName& database, const std::function<void(nlohmann::ordered_json&)>& change) {
  auto metadata = nlohmann::ordered_json::parse(
      admin_.text("SELECT shobj_description(oid, 'pg_database') FROM pg_database "
                  "WHERE datname = $1",
                  {database.text()}));
  change(metadata);
  admin_.run("COMMENT ON DATABASE " + admin_.identifier(database.text()) + " IS " +
             admin_.literal(metadata.dump()));
}

/// A lock ends with its session, and a session ends soon after its client.
void PostgresqlUnderTest::let_leases_run_out() {
  const auto gone = [this] {
    const auto holders = admin_.column(
        "SELECT coalesce(substring(a.application_name FROM ' ([0-9]+)@'), '') FROM pg_locks l "
        "JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'");
    for (const auto& process : holders) {
      if (!process.empty() && is_dead(process)) return false;
    }
    return true;
  };
  if (!eventually(gone, 30s)) throw std::runtime_error("a dead client's session continues");
}

CallOutcome PostgresqlUnderTest::attempt(FaultPoint point, const Work& work) {
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
