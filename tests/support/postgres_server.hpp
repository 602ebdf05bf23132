#pragma once

/// The real PostgreSQL of a test program: TIDEGATE_TEST_POSTGRES_URI (of a superuser), else a
/// throwaway cluster of the major in TIDEGATE_TEST_POSTGRESQL (`17`, fetched by ./dev), else from
/// the programs in TIDEGATE_TEST_POSTGRES_BIN, else from the newest in /usr/lib/postgresql, else
/// from the PATH. Started once for each test program, when a test first asks for it, on a socket
/// and a free loopback port in a directory of its own; it ends with the test program. It asks for
/// passwords (scram-sha-256). As root it runs as `postgres`, since the server refuses root.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/postgres_client.hpp"
#include "support/program.hpp"

namespace tidegate::test {

class PostgresServer {
 public:
  /// Nothing where no server is found; why_none() says why.
  static PostgresServer* get();
  static const std::string& why_none();
  /// Whether TIDEGATE_TEST_REQUIRE names postgresql: then a test that finds no server fails.
  static bool required();

  /// `settings`: added to the usual ones of a test: `{"max_connections", "20"}`; `initdb`: more
  /// arguments, such as `--locale-provider=icu`.
  explicit PostgresServer(const std::filesystem::path& programs,
                          std::map<std::string, std::string> settings = {},
                          std::vector<std::string> initdb = {});
  explicit PostgresServer(std::string external_uri);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// As superuser, over TCP; its path is the maintenance database `postgres`.
  const std::string& uri() const { return uri_; }
  /// For one database; as superuser, or as this user. Both percent-encode all values.
  std::string uri_of(const std::string& database) const;
  std::string uri_as(const std::string& user, const std::string& password,
                     const std::string& database = "postgres") const;
  /// The same server through its socket, as superuser; nothing for an external server.
  std::string socket_uri(const std::string& database = "postgres") const;
  SqlClient client(const std::string& database = "postgres") const {
    return SqlClient(uri_of(database));
  }

  /// A name of its own for this test program: `tidegate_test_1a2b_<name>`. Also for roles.
  std::string name(const std::string& name) const { return prefix_ + name; }
  const std::string& prefix() const { return prefix_; }
  /// Drops databases whose names begin so, also with connected clients, also templates.
  void drop_databases(const std::string& prefix);
  int version() const { return version_; }  ///< 15

  /// The folder of the programs of the same version; empty for an external server.
  const std::filesystem::path& programs() const { return programs_; }
  /// Another server of the same kind, for a test that kills it, fills it or changes its settings;
  /// null for an external server.
  std::unique_ptr<PostgresServer> another(std::map<std::string, std::string> settings = {},
                                          std::vector<std::string> initdb = {}) const;
  /// The process, or null for an external server.
  Process* process() { return process_.get(); }
  /// Ends it with this signal (SIGINT: a fast shutdown, SIGQUIT: like a crash), and starts it again
  /// with the same directory and port.
  void restart(int signal);
  /// The folder of its files; empty for an external server.
  std::filesystem::path data() const;

 private:
  void make_cluster(const std::vector<std::string>& arguments);
  void start();
  void launch();
  bool wait_until_ready();
  void stop(int signal);
  std::string uri_, prefix_, external_;
  std::filesystem::path programs_;
  std::map<std::string, std::string> settings_;
  int port_ = 0, version_ = 0;
  std::unique_ptr<TempDir> directory_;
  std::unique_ptr<Process> process_;
};

/// The first line of every test that needs a server: TIDEGATE_NEEDS_POSTGRESQL(server);
#define TIDEGATE_NEEDS_POSTGRESQL(variable)                                             \
  ::tidegate::test::PostgresServer* variable = ::tidegate::test::PostgresServer::get(); \
  if (variable == nullptr) {                                                            \
    if (::tidegate::test::PostgresServer::required()) {                                 \
      FAIL() << ::tidegate::test::PostgresServer::why_none();                           \
    }                                                                                   \
    GTEST_SKIP() << ::tidegate::test::PostgresServer::why_none();                       \
  }

}  // namespace tidegate::test
