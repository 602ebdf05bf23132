#pragma once

/// Where the demo plays: a server with sample production, users with exactly the rights of the
/// flow, and a configuration file. Made, and taken away again.

#include <memory>
#include <string>
#include <vector>

#include "cli/demo_server.hpp"
#include "cli/session.hpp"

namespace tidegate::cli {

class DemoStage {
 public:
  /// `uri`: one's own server; empty: a throwaway one. `keep`: everything stays.
  enum class Keep { no, yes };
  DemoStage(Session& session, Run& run, std::string uri, Keep keep);
  ~DemoStage();
  DemoStage(const DemoStage&) = delete;
  DemoStage& operator=(const DemoStage&) = delete;

  const std::string& server() const { return server_words_; }
  const std::string& config_file() const { return config_file_; }
  const std::string& mistake_file() const { return mistake_file_; }
  std::int64_t documents() const { return documents_; }
  DatabaseName production() const { return DatabaseName(prefix_ + "production"); }
  DatabaseName preview() const { return DatabaseName(prefix_ + "pr_1"); }
  /// For looking at the preview while something fills it.
  const Endpoint& preview_endpoint() const { return preview_endpoint_; }
  engine::Sample& sample() { return *sample_; }
  /// How to go on with what was kept, a line each.
  std::vector<std::string> how_to_go_on() const;
  /// Everything stays from here on.
  void leave();
  /// Drops databases and users on one's own server.
  void clear();

 private:
  struct User {
    std::string name, password;
  };
  void start_throwaway();
  void use_own();
  User create_user(const std::string& name, std::vector<std::string> roles);
  void create_users();
  void write_files();
  std::string credential(const User& user, const std::string& file) const;

  Session& session_;
  Run& run_;
  std::string own_uri_;
  Keep keep_;
  TemporaryDirectory directory_;
  std::unique_ptr<DemoServer> server_;
  std::unique_ptr<engine::Sample> sample_;
  std::string prefix_{engine::k_sample_prefix};
  std::string uri_, server_words_, config_file_, mistake_file_;
  std::vector<User> created_;
  User producer_, preview_user_, admin_;
  bool users_made_ = false;
  bool cleared_ = false;
  std::int64_t documents_ = 0;
  Endpoint preview_endpoint_;
};

/// The connection string without user and password, signing in against `admin`.
std::string without_user(const std::string& uri);

}  // namespace tidegate::cli
