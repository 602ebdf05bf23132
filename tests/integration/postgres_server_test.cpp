#include "support/postgres_server.hpp"

#include <gtest/gtest.h>

namespace tidegate::test {
namespace {

TEST(PostgresServer, KeepsStrangersOutAndUsersToTheirRights) {
  TIDEGATE_NEEDS_POSTGRESQL(server);
  auto admin = server->client();
  const auto database = server->name("Odd \"name\" %41");
  const auto user = server->name("reader");
  admin.run("CREATE DATABASE " + admin.identifier(database));
  admin.run("CREATE ROLE " + admin.identifier(user) + " LOGIN PASSWORD 'p@ss w:rd/%'");
  auto owner = server->client(database);
  owner.run("CREATE TABLE things (id int); GRANT SELECT ON things TO " + admin.identifier(user));

  SqlClient reader(server->uri_as(user, "p@ss w:rd/%", database));
  EXPECT_EQ(reader.text("SELECT count(*) FROM things"), "0");
  EXPECT_THROW(reader.run("INSERT INTO things VALUES ($1)", {"1"}), SqlFailed);
  EXPECT_THROW(SqlClient(server->uri_as(user, "wrong", database)), SqlFailed);

  server->drop_databases(database);
  EXPECT_EQ(admin.text("SELECT count(*) FROM pg_database WHERE datname = $1", {database}), "0");
  admin.run("DROP ROLE " + admin.identifier(user));
}

TEST(PostgresServer, ComesBackAfterACrashAndIsReachedThroughItsSocket) {
  TIDEGATE_NEEDS_POSTGRESQL(shared);
  const auto server = shared->another();
  if (server == nullptr) GTEST_SKIP() << "an external server is not to be killed";
  server->client().run("CREATE DATABASE kept");
  server->client().run("CHECKPOINT");
  server->restart(SIGQUIT);
  EXPECT_EQ(SqlClient(server->socket_uri("kept")).text("SELECT current_database()"), "kept");
}

}  // namespace
}  // namespace tidegate::test
