#pragma once

/// The real server of a test program: TIDEGATE_TEST_MONGODB_URI, else `mongod` from the PATH, else
/// `secantusd-rs` from the PATH or the cache directory. Started when a test first asks for it, once
/// a test program and kind of access, on a free loopback port; gone with the test program.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/data.hpp"
#include "support/program.hpp"

namespace tidegate::test {

/// Whether the server asks who one is.
enum class Access { open, authenticated };

class MongoServer {
 public:
  /// Nothing when there is no server; why_none() says why.
  static MongoServer* get(Access access);
  static const std::string& why_none();
  /// The programs that `./dev demo` may choose to start.
  static const std::vector<std::string>& programs();
  /// One of them, on the PATH or in the cache directory of ./dev.
  static std::optional<std::filesystem::path> installed(const std::string& program);
  /// A server of that program without access control, started when it is first asked for. Nothing
  /// where it is not installed.
  static MongoServer* of(const std::string& program);
  /// Whether TIDEGATE_TEST_REQUIRE names this program: then a test that does not find it fails.
  static bool required(const std::string& program);
  /// Whether TIDEGATE_TEST_REQUIRE names mongodb: then a test that finds no server fails.
  static bool required();

  MongoServer(Access access, std::string external_uri);
  MongoServer(Access access, const std::filesystem::path& program);
  ~MongoServer();
  MongoServer(const MongoServer&) = delete;
  MongoServer& operator=(const MongoServer&) = delete;

  /// As administrator.
  const std::string& uri() const { return uri_; }
  /// As this user; the password is percent-encoded here.
  std::string uri_as(const std::string& user, const std::string& password) const;
  TestClient client() const { return TestClient(uri_); }
  /// A name of its own for this test program: `tidegate_test_1a2b_<name>`. Dropped at the end.
  std::string database(const std::string& name) const { return prefix_ + name; }
  const std::string& prefix() const { return prefix_; }
  /// False for a stand-in that reads no cluster time and lists no operations.
  bool faithful() const { return faithful_; }
  const std::filesystem::path& program() const { return program_; }
  /// Starts another of the same kind, for a test that kills or stops it; null for an external one.
  std::unique_ptr<MongoServer> another() const;
  /// The process, or null for an external server.
  Process* process() { return process_.get(); }
  /// Ends it with this signal and starts it over the same directory and port. After SIGKILL the
  /// stand-in has lost its last writes, whatever their write concern was.
  void restart(int signal);

 private:
  void start(bool authenticated);
  void wait_until_ready(bool initiate);
  std::string plain_uri() const;
  Access access_;
  std::string uri_, prefix_, set_name_, external_;
  std::filesystem::path program_;
  bool faithful_ = true;
  int port_ = 0;
  std::unique_ptr<TempDir> directory_;
  std::unique_ptr<Process> process_;
};

/// The first line of every test that needs a server:
///   TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
#define TIDEGATE_NEEDS_MONGODB(variable, access)                                        \
  ::tidegate::test::MongoServer* variable = ::tidegate::test::MongoServer::get(access); \
  if (variable == nullptr) {                                                            \
    if (::tidegate::test::MongoServer::required()) {                                    \
      FAIL() << ::tidegate::test::MongoServer::why_none();                              \
    }                                                                                   \
    GTEST_SKIP() << ::tidegate::test::MongoServer::why_none();                          \
  }

/// `a/b` → `a%2Fb`.
std::string percent_encoded(const std::string& text);

}  // namespace tidegate::test
