#pragma once

/// The fixture of PostgreSQL's end-to-end tests: runs the built program on a real server, like its
/// users.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/held_requests.hpp"
#include "support/places.hpp"
#include "support/postgres_server.hpp"
#include "support/postgresql_data.hpp"

namespace tidegate::test {

/// Contains every character that must be escaped somewhere. A leaked part of it shows its beginning
/// or its end, wherever it is cut.
inline constexpr auto k_marked_password = "mArk3d@:/ %27'\"\\pw?#&=mArk4d";
/// Expects that the text has neither mark, in any case or percent-encoding.
void expect_no_secret(const std::string& text, const std::string& where);
/// The same for the content and name of each file below this directory.
void expect_no_secret_below(const std::filesystem::path& directory);
/// `/proc/*/cmdline`, one line each.
std::string process_list();

/// `ACCESS EXCLUSIVE` on a table of one database, from now until this goes: a run waits while it
/// makes its plan, before it writes anything.
class HeldTable {
 public:
  HeldTable(PostgresServer& server, const std::string& database, const std::string& table);

 private:
  SqlClient holder_;
};

using Variables = std::map<std::string, std::string>;

/// A user with the marked password that may read production and create databases; a production of
/// another owner; a directory in which the program works. Databases and roles are dropped at the
/// end, however the test ends.
class PostgresqlProgram : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  /// The same as SetUp(), on this server.
  void set_up_on(PostgresServer& chosen);

  std::string named(const std::string& what) const { return prefix + " " + what; }
  std::string user() const { return named("user"); }
  std::string production() const { return named("production"); }
  std::string snapshot() const { return named("snapshot"); }
  std::string preview() const { return named("pr 1"); }
  std::filesystem::path archives() const { return directory.path() / "archives"; }
  SqlClient in(const std::string& database) const { return server->client(database); }
  /// Creates the database; its owner runs these statements in it.
  void make_database(const std::string& name, const std::string& sql, const std::string& owner);

  /// Programs reach the server through a relay from now on, which holds requests with this text.
  HeldRequests& hold_requests(const std::string& text = HeldRequests::k_rows);
  /// How a program signs in.
  std::string uri_of(const std::string& database = "postgres") const;

  /// A file with one database, `shop`, whose snapshot section this is (JSON is YAML).
  void configure(const std::string& snapshot);
  /// Variables for daily dumps of production without a configuration file.
  Variables alone() const;

  Command command(std::vector<std::string> arguments, const Variables& variables = {}) const;
  /// Runs it to its end and expects this exit code, and no secret in its output.
  Outcome tidegate(int exit_code, std::vector<std::string> arguments,
                   const Variables& variables = {});
  std::unique_ptr<Process> start(std::vector<std::string> arguments,
                                 const Variables& variables = {});

  /// Files with this ending in the archives' directory; sorted.
  std::vector<std::string> names(const std::string& ending) const;
  /// The complete archives: each has a sidecar with its SHA-256, and pg_restore can read it.
  std::vector<std::string> whole_archives() const;
  bool is_whole(const std::string& archive) const;
  /// Makes a copy that looks as if taken that much earlier. @returns its name.
  std::string earlier_copy(const std::string& archive, std::chrono::seconds by) const;
  /// The same, and removes the original.
  std::string backdate(const std::string& archive, std::chrono::seconds by) const;

  /// Also of a database that accepts no connections.
  PostgresImage image(const std::string& database) const;
  bool exists(const std::string& database) const;
  /// Whether it accepts connections.
  bool is_open(const std::string& database) const;
  std::string comment(const std::string& database) const;
  /// Databases under staging names.
  std::vector<std::string> staging() const;
  /// Whether no session of the program is left on the server.
  bool has_gone() const;
  /// Ends every session of the program on the server.
  void end_sessions() const;

  PostgresServer* server = nullptr;
  std::string prefix;
  TempDir directory{"postgresql"};

 private:
  std::vector<std::string> made_;  // databases
  std::optional<HeldRequests> held_;
};

}  // namespace tidegate::test
