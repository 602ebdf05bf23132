#pragma once

/// Production, snapshot, previews and a staging target on a real server with access control, and
/// the built program with a configuration and users for them: what a team sets up once.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/data.hpp"
#include "support/mongo_server.hpp"
#include "support/places.hpp"
#include "support/program.hpp"

namespace tidegate::test {

using Environment = std::map<std::string, std::string>;

class Flow {
 public:
  /// Its databases carry `name` and a number, so that no two flows on one server meet. The users
  /// are made as `check --grants` prints them for previews 1 and 2; allow_preview() adds more.
  Flow(MongoServer& server, std::filesystem::path program, const std::string& name);
  /// Drops its databases.
  ~Flow();
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  const std::string& production() const { return production_; }
  const std::string& snapshot() const { return snapshot_; }
  std::string preview(int number) const { return preview_prefix_ + std::to_string(number); }
  const std::string& staging() const { return staging_; }

  TestClient& admin() { return admin_; }
  MongoServer& server() { return server_; }
  const TempDir& directory() const { return directory_; }

  /// Makes the user of one more preview, with the same rights on its own database.
  void allow_preview(int number);
  std::string producer_uri() const { return uris_.at("producer"); }
  std::string preview_uri(int number) const { return uris_.at("pr-" + std::to_string(number)); }
  std::string staging_uri() const { return uris_.at("staging"); }
  const std::vector<GrantedUser>& printed() const { return printed_; }

  /// Runs `tidegate ARGUMENTS` with the configuration. An empty value in `more` unsets a variable.
  /// The preview's user is chosen by the `pr-N` among the arguments, pr-1's by default.
  Outcome tidegate(const std::vector<std::string>& arguments, const Environment& more = {},
                   std::chrono::milliseconds deadline = 240s);
  std::unique_ptr<Process> start(const std::vector<std::string>& arguments,
                                 const Environment& more = {});
  /// As tidegate(), and a test failure when the exit code is another.
  Outcome expect(int exit_code, const std::vector<std::string>& arguments,
                 const Environment& more = {});

  DatabaseImage image_of(const std::string& database) { return image(admin_, database); }
  /// The document in which a filled database says where its data came from; null when there is
  /// none.
  Json metadata(const std::string& database);
  /// The lease document; null when there is none.
  Json lease(const std::string& database);

  /// The file that the program is given; a test may change it.
  std::string config() const { return config_; }
  void set_config(std::string text);
  /// Puts lines under a section of the database: `snapshot`, `previews`, `production`.
  void add_to_config(const std::string& section, const std::string& line);

  /// In every password, so that it can be looked for.
  static constexpr const char* k_mark = "Mark3dP@ss/word";
  /// Fails when the mark, in any spelling, is in the text.
  static void expect_no_secret(const std::string& text);

 private:
  void create_users();
  void add_user(const std::string& key, const GrantedUser& user);
  Command command(const std::vector<std::string>& arguments, const Environment& more) const;

  MongoServer& server_;
  std::filesystem::path program_;
  std::string prefix_, production_, snapshot_, preview_prefix_, staging_, config_;
  TempDir directory_{"flow"};
  TestClient admin_;
  std::map<std::string, std::string> uris_;
  std::vector<GrantedUser> printed_;
};

/// A small production: three collections, a unique index, a view. `generation` changes every
/// collection.
void make_small_production(TestClient& client, const std::string& database, int documents = 200);
/// Changes one document of each collection that has any.
void touch_production(TestClient& client, const std::string& database, int generation);

}  // namespace tidegate::test
