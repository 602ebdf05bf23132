#pragma once

/// The built program on a real PostgreSQL, as its users run it: what the end-to-end tests of that
/// engine start from.

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

/// Has everything in it that must be escaped somewhere. Wherever it is cut, a piece of it that gets
/// out is known by its beginning or its end.
inline constexpr auto k_marked_password = "mArk3d@:/ %27'\"\\pw?#&=mArk4d";
/// Neither mark is in the text, in any case or percent-encoding.
void expect_no_secret(const std::string& text, const std::string& where);
/// Nor in any file below this directory, nor in its name.
void expect_no_secret_below(const std::filesystem::path& directory);
/// `/proc/*/cmdline`, a line each.
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

/// A user with the marked password, who may read production and make databases; a production of
/// another owner; a directory in which the program works. Databases and roles are gone at the
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
  /// With these statements carried out in it by its owner.
  void make_database(const std::string& name, const std::string& sql, const std::string& owner);

  /// Programs reach the server through a relay from now on, which holds requests with this text.
  HeldRequests& hold_requests(const std::string& text = HeldRequests::k_rows);
  /// How a program signs in.
  std::string uri_of(const std::string& database = "postgres") const;

  /// A file with one database, `shop`, whose snapshot section this is (JSON is YAML).
  void configure(const std::string& snapshot);
  /// No file: PostgreSQL's daily dumps of production, told by the environment.
  Variables alone() const;

  Command command(std::vector<std::string> arguments, const Variables& variables = {}) const;
  /// To its end, which must be this exit code. No secret is in what it says.
  Outcome tidegate(int exit_code, std::vector<std::string> arguments,
                   const Variables& variables = {});
  std::unique_ptr<Process> start(std::vector<std::string> arguments,
                                 const Variables& variables = {});

  /// Files of the archives' directory, by their ending; sorted.
  std::vector<std::string> names(const std::string& ending) const;
  /// Those that are whole: beside a sidecar, of its SHA-256, and readable for pg_restore.
  std::vector<std::string> whole_archives() const;
  bool is_whole(const std::string& archive) const;
  /// The same as if it had been taken that much earlier. @returns its name.
  std::string earlier_copy(const std::string& archive, std::chrono::seconds by) const;
  /// As earlier_copy(), in its place.
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
  /// Ends every session that the program has there.
  void end_sessions() const;

  PostgresServer* server = nullptr;
  std::string prefix;
  TempDir directory{"postgresql"};

 private:
  std::vector<std::string> made_;  // databases
  std::optional<HeldRequests> held_;
};

}  // namespace tidegate::test
