#pragma once

/// The built program on a PostgreSQL as managed clouds give it: an administrator with CREATEROLE
/// and CREATEDB and no superuser, an application that owns production, and users made by what
/// `check --grants` prints.

#include "support/postgresql_program.hpp"

namespace tidegate::test {

class CloudProgram : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Of this test alone, for databases and roles.
  std::string named(const std::string& what) const { return prefix + "_" + what; }
  std::string production() const { return named("shop"); }
  std::string owner() const { return named("preview_owner"); }
  std::string archives() const { return (directory.path() / "archives").string(); }
  SqlClient superuser(const std::string& database = "postgres") const {
    return server->client(database);
  }
  SqlClient as(const std::string& role, const std::string& database) const;
  std::string uri_of(const std::string& role) const;

  /// A file with `shop`; its snapshot section (JSON), and whether previews are configured.
  enum class Previews { none, one_user };
  void configure(const std::string& snapshot, Previews previews = Previews::one_user);
  /// Runs what `check --grants` prints through psql as the administrator, twice; gives the users
  /// their password.
  void grant();
  Outcome tidegate(int exit_code, std::vector<std::string> arguments);
  /// The same; both streams with lines that were broken put together.
  std::string said(int exit_code, std::vector<std::string> arguments);
  /// The output of psql for the statements, both times.
  std::string granted;

  PostgresServer* server = nullptr;
  std::string prefix, admin, app;
  TempDir directory{"cloud"};

 private:
  Outcome psql(const std::string& file);
  /// The names that the statements give to users: of this test, since roles are the server's.
  std::string own_names(std::string statements);
};

}  // namespace tidegate::test
