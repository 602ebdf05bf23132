#pragma once

/// engine/mongodb: the only place that includes libmongoc. This file: one credential's connections
/// to one deployment, and the one way in which commands are sent.

#include <mongoc/mongoc.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "engine/mongodb/access/server_capabilities.hpp"
#include "engine/mongodb/driver/bson.hpp"
#include "engine/mongodb/driver/clients.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::mongodb {

/// The dotted name of a collection.
struct Namespace {
  std::string database, collection;
  std::string text() const { return database + "." + collection; }
};

/// A document that lives in a reply, until the next one is asked for.
struct DocumentView {
  const bson_t* raw;
};

/// One collection or view as listCollections tells it.
struct CollectionInfo {
  std::string name;
  std::string type;  ///< `collection`, `view`, `timeseries`
  Bson options;
  std::string uuid;  ///< hex; empty for views
};

/// In a listing, which is sorted by name. @returns null when it is not there.
const CollectionInfo* find_by_name(const std::vector<CollectionInfo>& listed,
                                   std::string_view name);

/// How a command is to be sent.
struct CommandOptions {
  /// Tried again after network errors and changes of primary, with growing pauses within the run's
  /// time limit. Only for what may be done twice.
  bool idempotent = true;
  /// maxTimeMS; without it, what is left of the run's time limit.
  std::optional<std::chrono::milliseconds> max_time;
  /// The right that is missing when the server refuses (13): `insert on 'syrf_snapshot'`. Derived
  /// from the command where empty.
  std::string needs;
};

/// How documents are to be inserted.
struct Insert {
  bool ordered = false;
  bool bypass_validation = false;  ///< takes a right of its own: `bypassDocumentValidation`
};

/// Thread safe: every call takes a connection of its own. Nothing is sent before the first call.
/// Commands go to the primary with write concern majority where they write, and carry
/// `comment: "tidegate <run>"` and maxTimeMS.
/// No call waits for a server that hangs: it is given up at about twice the time that the command
/// may take, and, but for the batches of a cursor, some seconds after the run was stopped.
/// Errors of every call: unreachable, permission (with the right that is missing), timeout (50),
/// cancelled (killed because the run was stopped), no_space (14031), remote (server's words and
/// code, in Error::server_code()).
class Server {
 public:
  /// @throws Error config: the connection string cannot be read; says what is wrong, without its
  /// password.
  explicit Server(const Endpoint& endpoint);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Runs a command that has no cursor, or whose first batch is enough. Write concern is added by
  /// `write`.
  Bson read(Run& run, std::string_view database, const Bson& command,
            const CommandOptions& how = {});
  Bson write(Run& run, std::string_view database, Bson command, const CommandOptions& how = {});
  /// All documents of a cursor command, one after another; stops early when `each` returns false.
  /// Not tried again once a document has been handed over. A cursor that is left before its end,
  /// for whatever reason, is closed at the server.
  void each(Run& run, std::string_view database, const Bson& command,
            const std::function<bool(DocumentView)>& each, const CommandOptions& how = {});
  std::vector<Bson> all(Run& run, std::string_view database, const Bson& command,
                        const CommandOptions& how = {});

  /// Inserts raw documents with write concern majority; the server looks at them, the client does
  /// not. Not tried again but once by the library, where that cannot insert twice.
  void insert(Run& run, const Namespace& collection,
              const std::vector<std::span<const std::uint8_t>>& documents, const Insert& how);

  /// Everything in a database, `system.*` included, sorted by name. A database that does not exist
  /// is empty.
  std::vector<CollectionInfo> collections(Run& run, std::string_view database);
  /// The same of these names alone, which costs a server no look at the others.
  std::vector<CollectionInfo> collections(Run& run, std::string_view database,
                                          const std::vector<std::string>& names);
  /// As listIndexes tells them, in its order; `_id_` included. Empty when the collection is gone.
  std::vector<Bson> indexes(Run& run, const Namespace& collection);
  /// The server's clock.
  SystemTime now(Run& run);

  /// Ends this user's operations that carry `comment: "tidegate <of_run>"`, only those that
  /// aggregate `collection` where one is named. @returns how many were found; 0 where the server
  /// does not tell.
  int kill_operations(Run& run, const std::string& of_run, const std::string& collection = {},
                      const CommandOptions& how = {});

  /// The capabilities that were found by way of this connection; see probe.hpp.
  std::optional<ServerCapabilities> known();
  void know(ServerCapabilities capabilities);

  /// Hosts and options as text without user and password, for messages.
  const std::string& display() const noexcept { return display_; }
  /// The user name of the credential; empty when there is none.
  const std::string& user() const noexcept { return user_; }

 private:
  class Cursor;
  /// Asks again as CommandOptions::idempotent says.
  template <class ServerCall>
  auto patiently(Run& run, const CommandOptions& how, const ServerCall& ask);
  Bson send(Run& run, std::string_view database, const Bson& command, const CommandOptions& how);
  /// @throws Error timeout or cancelled: the run's own end is why.
  Error failure(Run& run, const bson_error_t& error, const Bson& reply, const std::string& needs,
                const CommandOptions& how) const;
  bool worth_another_try(const Error& error) const;
  static constexpr int k_tries =
      6;  // 1 + 2 + 4 + 8 + 16 s of pauses: longer than an election takes
  static std::chrono::milliseconds pause_before(int attempt);
  Bson send_once(Run& run, std::string_view database, const Bson& command,
                 const CommandOptions& how);
  Bson tagged(Run& run, Bson command, const CommandOptions& how) const;
  std::vector<CollectionInfo> list_collections(Run& run, std::string_view database,
                                               const Bson& command);
  /// $currentOp, which shared tiers refuse and other servers do not know: then nothing.
  std::vector<Bson> if_told(Run& run, const Bson& command, const CommandOptions& how);
  /// Whose connections wait for an answer a little longer than the command may take.
  std::shared_ptr<Clients> clients_for(const Run& run, const CommandOptions& how);
  /// Pauses after a failed sign-in. @returns false when the endpoint's sign_in_wait is over.
  bool wait_to_sign_in(Run& run, const Error& error);

  Clients::Uri uri_;
  std::map<std::int32_t, std::shared_ptr<Clients>>
      clients_;  ///< by how long they wait; guarded by mutex_
  std::string display_, user_;
  std::atomic<bool> reached_{false};  ///< a command has been answered
  std::atomic<bool> answers_{true};   ///< the last one has been, whatever it was
  std::chrono::milliseconds sign_in_wait_;
  std::optional<SteadyTime> first_refused_;  ///< by sign-in; guarded by mutex_
  std::optional<ServerCapabilities> known_;  ///< guarded by mutex_
  std::mutex mutex_;
};

/// The comment that marks what a run has the server do.
std::string comment_of(const std::string& run_id);

/// libmongoc's words and code as an Error. `needs`: the right that the command takes. `stopping`:
/// the run was stopped, so that a killed operation is its own doing.
enum class Stopping { no, yes };
Error translate(const bson_error_t& error, const Bson& reply, const std::string& needs,
                const std::string& where, Stopping stopping);

}  // namespace tidegate::engine::mongodb
