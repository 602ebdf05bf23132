#include <gtest/gtest.h>

#include "support/data.hpp"
#include "support/mongo_server.hpp"

namespace tidegate::test {
namespace {

TEST(TestServer, KeepsStrangersOutAndUsersToTheirRights) {
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  auto admin = server->client();
  const auto production = server->database("rights");
  admin.insert(production, "things", {{{"_id", 1}}});
  const auto name = server->database("reader");
  const Json roles = Json::array({Json{{"role", "read"}, {"db", production}}});
  create_user(admin, name, "p@ss w:rd/%", roles);

  TestClient reader(server->uri_as(name, "p@ss w:rd/%"));
  EXPECT_EQ(reader.count(production, "things"), 1);
  EXPECT_THROW(reader.insert(production, "things", {{{"_id", 2}}}), CommandFailed);
  TestClient stranger(server->uri_as(name, "wrong"));
  EXPECT_THROW(stranger.count(production, "things"), CommandFailed);
}

TEST(TestServer, ImagesOfTwoDatabasesDifferInWhatDiffers) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  for (const char* name : {"a", "b"}) {
    const auto database = server->database(name);
    client.command(database, {{"create", "views"}, {"viewOn", "x"}, {"pipeline", Json::array()}});
    client.insert(database, "x", {{{"_id", 1}, {"v", 1.5}}, {{"_id", 2}, {"v", "two"}}});
    client.create_indexes(database, "x", {{{"key", {{"v", 1}}}, {"name", "v"}}});
  }
  const auto a = image(client, server->database("a"));
  EXPECT_EQ(differences(a, image(client, server->database("b"))), std::vector<std::string>());
  EXPECT_EQ(a.collections.at("x").count, 2);

  const Json change = {{"$set", {{"v", "three"}}}};
  client.update_one(server->database("b"), "x", {{"_id", 2}}, change);
  const auto changed = differences(a, image(client, server->database("b")));
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_NE(changed.front().find("documents"), std::string::npos);
  EXPECT_NE(fingerprint(a), fingerprint(image(client, server->database("b"))));
}

TEST(TestServer, HasTheSameChecksumAsTheServer) {
  TIDEGATE_NEEDS_MONGODB(server, Access::open);
  auto client = server->client();
  const auto database = server->database("hash");
  client.insert(database, "x", {{{"_id", 1}, {"v", 1.5}}, {{"_id", 2}, {"v", "two"}}});
  const auto reply = client.command(database, {{"dbHash", 1}, {"collections", {"x"}}});
  EXPECT_EQ(image(client, database).collections.at("x").documents,
            reply.at("collections").at("x").get<std::string>());
}

TEST(TestServer, ComesBackAfterAKill) {
  TIDEGATE_NEEDS_MONGODB(shared, Access::authenticated);
  const auto server = shared->another();
  if (server == nullptr) GTEST_SKIP() << "an external server is not to be killed";
  auto client = server->client();
  client.command(server->database("kept"), {{"insert", "x"},
                                            {"documents", Json::array({Json{{"_id", 1}}})},
                                            {"writeConcern", {{"w", 1}, {"j", true}}}});
  server->restart(SIGKILL);
  auto again = server->client();
  EXPECT_TRUE(again.command("admin", {{"ping", 1}}).contains("ok"));
}

TEST(Grants, AreReadFromTheStatementsOfTheShell) {
  const auto users = parse_grants(
      "// the producer\n"
      "db.getSiblingDB('admin').createUser({\n  \"user\": \"a)b\", \"pwd\": passwordPrompt(),\n"
      "  \"roles\": [{\"role\": \"read\", \"db\": \"p\"}]})\n"
      "db.getSiblingDB(\"other\").createUser({\"user\": \"c\", \"roles\": []});\n");
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].name, "a)b");
  EXPECT_EQ(users[0].database, "admin");
  EXPECT_EQ(users[1].database, "other");
  EXPECT_FALSE(users[0].statement.contains("pwd"));
}

TEST(ChildProcess, ReportsStreamsExitCodeAndMemory) {
  TempDir directory;
  const auto outcome =
      run({.argv = {"sh", "-c", "cat; echo err >&2; exit 7"}, .input = "hello"}, directory.path());
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.out, "hello");
  EXPECT_EQ(outcome.err, "err\n");

  Process sleeper({.argv = {"sleep", "100"}}, directory.path());
  EXPECT_TRUE(sleeper.running());
  EXPECT_FALSE(sleeper.wait_for(30ms).has_value());
  sleeper.signal(SIGKILL);
  const auto killed = sleeper.wait();
  EXPECT_EQ(killed.signal, SIGKILL);
  EXPECT_GT(killed.peak_rss_bytes, 0);
}

}  // namespace
}  // namespace tidegate::test
