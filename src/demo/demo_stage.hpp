#pragma once

/// The surroundings of the demo: a server with sample production, users with exactly the rights of
/// the flow, and configuration files. Created, and removed afterwards.

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/command_context.hpp"
#include "demo/demo_server.hpp"

namespace tidegate::demo {

class DemoStage {
 public:
  enum class Keep { no, yes };
  /// `uri`: one's own server; empty: a throwaway one. `keep`: everything stays.
  DemoStage(cli::CommandContext& session, Run& run, const engine::SampleKind& kind, std::string uri,
            Keep keep);
  ~DemoStage();
  DemoStage(const DemoStage&) = delete;
  DemoStage& operator=(const DemoStage&) = delete;

  const std::string& server() const { return server_words_; }
  /// The snapshot in a database.
  const std::string& config_file() const { return config_file_; }
  /// The same with archives in a directory.
  const std::string& archives_file() const { return archives_file_; }
  /// The archive that has been taken there.
  std::string archive() const;
  /// Production as a target.
  const std::string& mistake_file() const { return mistake_file_; }
  /// `53,400 documents`
  std::string amount() const { return counted(documents_, sample_->unit()); }
  DatabaseName production() const { return named("production"); }
  DatabaseName preview() const { return named("pr_1"); }
  engine::Sample& sample() { return *sample_; }
  /// Commands for going on with the kept server, a line each.
  std::vector<std::string> how_to_go_on() const;
  /// From now on nothing is removed at the end.
  void leave();
  /// Drops databases and users on one's own server.
  void clear();

 private:
  struct User {
    std::string name, password;
  };
  void start_throwaway();
  void use_own();
  DatabaseName named(std::string_view name) const;
  engine::SampleFlow flow() const;
  User invent(const std::string& name);
  void create(const User& user, engine::SampleRole role);
  void create_users();
  void write_files();
  std::string credential(const User& user, const std::string& file) const;
  std::string database_text(const std::string& snapshot) const;

  cli::CommandContext& session_;
  Run& run_;
  const engine::SampleKind& kind_;
  std::string own_uri_;
  Keep keep_;
  TemporaryDirectory directory_;
  std::unique_ptr<DemoServer> server_;
  std::unique_ptr<engine::Sample> sample_;
  std::string prefix_{engine::k_sample_prefix};
  std::string uri_, server_words_, config_file_, archives_file_, mistake_file_;
  std::vector<std::string> created_;
  User producer_, preview_user_, admin_;
  std::string owner_;
  bool users_made_ = false;
  bool cleared_ = false;
  std::int64_t documents_ = 0;
};

}  // namespace tidegate::demo
