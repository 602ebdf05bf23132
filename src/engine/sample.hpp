#pragma once

/// The parts of an engine that `tidegate demo` needs: a throwaway server, sample data, users. The
/// engine itself never writes production; this does, and only in databases whose names begin with
/// `tidegate_demo_`.

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/run.hpp"
#include "model/gate.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine {

/// Every database that sample data may touch begins with this.
inline constexpr std::string_view k_sample_prefix = "tidegate_demo_";

/// The databases of the demo.
struct SampleFlow {
  DatabaseName production, snapshot, preview;
  std::string drill;  ///< the scratch database in which archives are proved
};

/// `producer` takes snapshots, `filler` fills the preview: with exactly the rights that
/// `check --grants` would give.
enum class SampleRole { administrator, producer, filler };

struct SampleUser {
  std::string name;
  Secret password;
  SampleRole role = SampleRole::producer;
  std::string owner;  ///< created by Sample::create_owner(); may be empty
};

/// How much sample data; a tenth of it for a slow server.
enum class SampleSize { full, tenth };

/// Speaks to one server. @throws Error refused for any database that does not begin with the
/// prefix; unreachable, permission, remote.
class Sample {
 public:
  virtual ~Sample() = default;
  /// `document`, `row`
  virtual std::string_view unit() const = 0;
  /// `MongoDB 7.0.14`; waits for the server until the run's limit when it is just starting.
  virtual std::string server(Run& run) = 0;
  /// Makes a new server with one member (`127.0.0.1:27017`) a replica set of one.
  virtual void initiate(Run& run, const std::string& member) = 0;
  /// A small production: several collections with indexes and a view.
  /// @returns the number of documents.
  virtual std::int64_t fill(Run& run, const DatabaseName& database, SampleSize size) = 0;
  /// Changes one field of one document. @returns what it did, for people.
  virtual std::string change_one(Run& run, const DatabaseName& database) = 0;
  /// Whether a run has begun to copy into this database, and has not published yet.
  virtual bool being_filled(Run& run, const DatabaseName& database) = 0;
  virtual void drop(Run& run, const DatabaseName& database) = 0;
  /// Creates the role that owns copies, so that both users can work with them. @returns false where
  /// objects have no owners.
  virtual bool create_owner(Run& run, const std::string& name) = 0;
  virtual void create_user(Run& run, const SampleUser& user, const SampleFlow& flow) = 0;
  /// Drops a user, or an owner.
  virtual void drop_user(Run& run, const std::string& name) = 0;
};

/// The surroundings of a throwaway server.
struct ServerPlace {
  std::string directory;  ///< its own, and empty
  int port = 0;           ///< of 127.0.0.1
  std::string cache;      ///< directory of the programs that ./dev has installed
  SampleUser administrator;
  std::string password_file;  ///< holds the administrator's password while the server runs
};

/// How a throwaway server is created, started, reached and stopped.
struct ServerRecipe {
  std::string program;  ///< for people: `secantusd-rs`
  /// The operating system's user that it runs as, where this process is root's; empty: as root.
  std::string user_for_root = {};
  /// Names and contents of files in its directory.
  std::vector<std::pair<std::string, std::string>> files = {};
  /// Command lines, run one after another before its first start.
  std::vector<std::vector<std::string>> prepare = {};
  /// The command line without access control, used until there is an administrator; empty: there is
  /// one from the start.
  std::vector<std::string> unguarded = {};
  std::vector<std::string> guarded;
  std::string unguarded_uri = {};
  std::string uri;            ///< without user
  std::string member = {};    ///< for Sample::initiate; empty: nothing to initiate
  std::string shell;          ///< the command with which a person connects as the administrator
  int stop_signal = SIGTERM;  ///< for a fast and orderly stop
  SampleSize size = SampleSize::full;
};

/// The parts that a kind of engine provides for the demo.
struct SampleKind {
  EngineKind kind;
  /// @throws Error config: there is no server program; says what installs one.
  std::function<ServerRecipe(const ServerPlace&)> server;
  /// Connects when it is first used.
  std::function<std::unique_ptr<Sample>(const Endpoint&)> connect;
  /// The connection string to the same server for other users, without user and password; nothing
  /// where it asks for another way to sign in than a password.
  std::function<std::optional<std::string>(const std::string& uri)> without_user;
};

}  // namespace tidegate::engine
