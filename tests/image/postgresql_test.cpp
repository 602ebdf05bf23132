// The image with PostgreSQL's client, as docker compose runs it: told by the environment alone
// (B1), as its user, on a read-only root, with a directory of the host mounted (B7).

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/image.hpp"
#include "support/loopback.hpp"
#include "support/places.hpp"
#include "support/postgres_server.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr uid_t k_user = 10001;
constexpr auto k_password = "m@rked:/ %27'\"pw";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class ImageWithClient : public testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_IMAGE(found, "tidegate");
    TIDEGATE_NEEDS_POSTGRESQL(running);
    image = found;
    server = running;
    user = server->name("image_user");
    database = server->name("image_shop");
    auto admin = server->client();
    admin.run("CREATE ROLE " + admin.identifier(user) + " LOGIN CREATEDB PASSWORD " +
              admin.literal(k_password));
    admin.run("GRANT pg_read_all_data TO " + admin.identifier(user));
    admin.run("CREATE DATABASE " + admin.identifier(database));
    server->client(database).run(
        "CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL);"
        "CREATE TABLE orders (id int PRIMARY KEY, person int REFERENCES people);"
        "INSERT INTO people (name) SELECT 'p' || i FROM generate_series(1, 500) i;"
        "INSERT INTO orders SELECT i, i FROM generate_series(1, 300) i");
    // As `mkdir snapshots && chown 10001:10001 snapshots` on the host.
    fs::create_directory(snapshots());
    give(k_user);
    fs::permissions(host.path(), fs::perms::owner_all | fs::perms::others_exec);
  }

  void TearDown() override {
    if (server == nullptr) return;
    server->drop_databases(database);
    auto admin = server->client();
    admin.run("DROP ROLE IF EXISTS " + admin.identifier(user));
  }

  fs::path snapshots() const { return host.path() / "snapshots"; }
  void give(uid_t owner) const {
    ASSERT_EQ(::chown(snapshots().c_str(), owner, static_cast<gid_t>(owner)), 0);
  }

  std::map<std::string, std::string> environment() const {
    return {{"SNAPSHOT_ENABLED", "true"},
            {"SNAPSHOT_RETENTION", "2"},
            {"TIDEGATE_SERVER_LISTEN", listen},
            {"DATABASE_URL", server->uri_as(user, k_password, database)}};
  }

  Container start(const std::vector<std::string>& arguments = {}) const {
    return Container(*image, environment(), {snapshots().string() + ":/snapshots"}, arguments);
  }

  std::vector<std::string> names(const std::string& extension) const {
    std::vector<std::string> found;
    for (const auto& each : fs::directory_iterator(snapshots())) {
      if (each.path().extension() == extension) found.push_back(each.path().filename());
    }
    return found;
  }

  /// Takes one, and dates it three days back: then the next is overdue when the daemon starts.
  void take_an_old_one() const {
    const auto outcome = start({"snapshot"}).wait();
    ASSERT_EQ(outcome.exit_code, 0) << outcome;
    ASSERT_THAT(names(".dump"), testing::SizeIs(1));
    const auto name = names(".dump").front();
    const auto past = database + fmt::format("-{:%Y%m%dT%H%M%S}Z.dump",
                                             fmt::gmtime(std::chrono::system_clock::now() - 72h));
    fs::rename(snapshots() / name, snapshots() / past);
    const auto sidecar = snapshots() / fs::path(name).replace_extension(".json");
    const auto text = replaced(read_text(sidecar), name, past);
    fs::rename(sidecar, snapshots() / fs::path(past).replace_extension(".json"));
    std::ofstream(snapshots() / fs::path(past).replace_extension(".json")) << text;
  }

  Image* image = nullptr;
  PostgresServer* server = nullptr;
  std::string user, database;
  TempDir host{"host"};
  /// The network is not the container's own here, so the usual port may be in use.
  const std::string listen = "127.0.0.1:" + std::to_string(free_port());
};

TEST_F(ImageWithClient, ServesFromTheEnvironmentAloneAndIsHealthy) {
  take_an_old_one();
  auto daemon = start();
  EXPECT_TRUE(eventually(
      [&] { return daemon.process().err_so_far().find(": took '") != std::string::npos; }, 60s))
      << daemon.process().err_so_far();
  EXPECT_THAT(names(".dump"), testing::SizeIs(2));
  EXPECT_THAT(names(".tmp"), testing::IsEmpty());
  const auto status = read_text("/proc/" + std::to_string(daemon.first()) + "/status");
  EXPECT_THAT(status, HasSubstr("Uid:\t10001\t10001\t10001\t10001"));
  EXPECT_THAT(status, HasSubstr("CapEff:\t0000000000000000"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1"));
  EXPECT_TRUE(daemon.healthy());

  daemon.signal(SIGTERM);
  const auto outcome = daemon.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_THAT(outcome.all(), Not(HasSubstr("m%40rked")));
}

TEST_F(ImageWithClient, ItsDumpIsRestoredAndProved) {
  const Json yaml = {
      {"databases",
       {{database,
         {{"engine", "postgresql"},
          {"production", {{"uri", "${DATABASE_URL}"}, {"database", database}}},
          {"snapshot", {{"directory", "/snapshots"}}},
          {"previews", {{"database", database + "_pr_{number}"}, {"uri", "${DATABASE_URL}"}}}}}}}};
  host.write("tidegate.yaml", yaml.dump(2));
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"snapshot"}, {"restore", "pr-1"}, {"verify", "pr-1"}}) {
    auto container = Container(
        *image, environment(),
        {snapshots().string() + ":/snapshots", host.path().string() + ":/etc/tidegate"}, verb);
    const auto outcome = container.wait();
    EXPECT_EQ(outcome.exit_code, 0) << verb.front() << '\n' << outcome;
  }
  for (const auto* question : {"SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM people p",
                               "SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM orders o",
                               "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"}) {
    EXPECT_EQ(server->client(database + "_pr_1").text(question),
              server->client(database).text(question))
        << question;
  }
}

TEST_F(ImageWithClient, SaysHowToMendADirectoryOfAnotherOwner) {
  give(0);
  auto daemon = start();
  const auto outcome = daemon.wait();
  EXPECT_EQ(outcome.exit_code, 9) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("this process is user 10001"));
  EXPECT_THAT(outcome.err, HasSubstr("'/snapshots' belongs to user 0, group 0, mode 0755"));
  EXPECT_THAT(outcome.err, HasSubstr("'chown 10001 /snapshots' (for a bind mount: on the host"));
}

TEST_F(ImageWithClient, StopsInTheMiddleOfADumpAndDiscardsIt) {
  take_an_old_one();
  auto blocker = server->client(database);
  // A table that pg_dump reads, and no other client.
  blocker.run("BEGIN; LOCK TABLE pg_conversion IN ACCESS EXCLUSIVE MODE");
  auto daemon = start();
  auto admin = server->client();
  EXPECT_TRUE(eventually(
      [&] {
        return admin.text(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND "
                   "wait_event_type = 'Lock' AND query LIKE '%pg_conversion%'",
                   {database}) == "1";
      },
      60s))
      << daemon.process().err_so_far();
  const auto asked = std::chrono::steady_clock::now();
  daemon.signal(SIGTERM);
  const auto outcome = daemon.wait();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, 10s);
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_THAT(names(".dump"), testing::SizeIs(1));
  EXPECT_THAT(names(".tmp"), testing::IsEmpty());
}

TEST_F(ImageWithClient, IdlesAndIsHealthyWhileDumpsAreOff) {
  auto off = environment();
  off.erase("SNAPSHOT_ENABLED");
  off["DATABASE_URL"] = "postgresql://none@127.0.0.1:1/none";
  Container daemon(*image, off, {});
  EXPECT_TRUE(eventually([&] { return daemon.healthy(); }, 20s)) << daemon.process().err_so_far();
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait().exit_code, 0);
}

TEST_F(ImageWithClient, IsNotHealthyWhereNoDaemonAnswers) {
  const auto outcome = start({"status", "--check"}).wait();
  EXPECT_EQ(outcome.exit_code, 8) << outcome;
}

}  // namespace
}  // namespace tidegate::test
