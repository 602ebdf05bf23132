#pragma once

/// The real object store of a test program: `versitygw` from the PATH or the cache directory
/// (`./dev setup` builds it), which checks signatures and knows conditions and uploads in parts.
/// Started when a test first asks for it, once a test program, on a free loopback port over a
/// directory of its own; gone with the test program.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "model/plan.hpp"
#include "support/program.hpp"

namespace tidegate::test {

class S3Server {
 public:
  /// Nothing when there is no server; why_none() says why.
  static S3Server* get();
  static const std::string& why_none();
  /// Whether TIDEGATE_TEST_REQUIRE names s3: then a test that finds no server fails.
  static bool required();

  explicit S3Server(const std::filesystem::path& program);
  S3Server(const S3Server&) = delete;
  S3Server& operator=(const S3Server&) = delete;

  /// A bucket that no other test uses.
  std::string make_bucket();
  /// With the keys of one who may do everything.
  ArchivePlan plan(const std::string& bucket, const std::string& prefix = "") const;
  /// An object of another client. One that is only laid down as a file has no ETag, and
  /// conditional writes do not see it.
  void put(const std::string& bucket, const std::string& key, const std::string& text) const;
  /// Through the store, which would otherwise still list it.
  void remove(const std::string& bucket, const std::string& key) const;
  /// Where the objects of a bucket are as files; no uploads that were not ended.
  std::vector<std::string> keys(const std::string& bucket) const;
  std::filesystem::path file(const std::string& bucket, const std::string& key) const;
  std::string endpoint() const;
  int port() const { return port_; }
  static const std::string& secret();
  Process& process() { return *process_; }

 private:
  void start(const std::filesystem::path& program);
  bool wait_until_ready();
  void ask(const std::string& method, const std::string& path, const std::string& text) const;
  TempDir directory_{"s3"};
  int port_ = 0, buckets_ = 0;
  std::unique_ptr<Process> process_;
};

/// A proxy before the server that loses, delays or refuses the requests that a test chooses.
class S3Between {
 public:
  /// Answers in the server's place where it returns something. Called at any time, from any thread.
  using Before = std::function<std::optional<http::Outgoing>(const http::Incoming&)>;
  /// May change what the server has answered.
  using After = std::function<void(const http::Incoming&, http::Outgoing&)>;

  explicit S3Between(const S3Server& server);
  /// The plan with this address in place of the server's.
  ArchivePlan plan(ArchivePlan plan) const;
  void before(Before hook);
  void after(After hook);
  /// From now on every request must be signed with the server's keys, and is signed again for the
  /// server without its session token and without `path` before its own: the server knows neither.
  void translate(std::string path = {});
  /// `PUT bucket/name`, of every request so far.
  std::vector<std::string> seen() const;
  /// Requests that have not been answered: a client that is killed leaves what it had under way to
  /// the server.
  int at_work() const { return at_work_; }

 private:
  http::Outgoing pass(const http::Incoming& request);
  http::Outgoing hand_on(const http::Incoming& request);
  http::Outgoing send_on(http::Incoming request, const std::optional<std::string>& path) const;
  std::string endpoint_;
  std::atomic<int> at_work_{0};
  mutable std::mutex mutex_;
  Before before_;
  After after_;
  std::optional<std::string> translated_path_;
  std::vector<std::string> seen_;
  Redactor redactor_;
  Log log_;
  std::unique_ptr<http::Server> server_;
};

/// The first line of every test that needs a server: TIDEGATE_NEEDS_S3(server);
#define TIDEGATE_NEEDS_S3(variable)                                         \
  ::tidegate::test::S3Server* variable = ::tidegate::test::S3Server::get(); \
  if (variable == nullptr) {                                                \
    if (::tidegate::test::S3Server::required()) {                           \
      FAIL() << ::tidegate::test::S3Server::why_none();                     \
    }                                                                       \
    GTEST_SKIP() << ::tidegate::test::S3Server::why_none();                 \
  }

}  // namespace tidegate::test
