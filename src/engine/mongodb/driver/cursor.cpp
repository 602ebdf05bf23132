// Commands whose answer comes in batches.

#include <algorithm>

#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {
namespace {

using SessionPtr =
    std::unique_ptr<mongoc_client_session_t, decltype(&mongoc_client_session_destroy)>;
using ServerPtr =
    std::unique_ptr<mongoc_server_description_t, decltype(&mongoc_server_description_destroy)>;

// Closing frees what the server keeps for a cursor; that is not worth a long wait.
constexpr std::int64_t k_close_ms = 5'000;

Bson cursor_command(const Bson& command) {
  return command.has("cursor") || command.keys().front() == "find"
             ? command
             : Bson(command).add("cursor", Bson());
}

bool is_connection_lost(const bson_error_t& error) {
  return error.domain == MONGOC_ERROR_STREAM || error.domain == MONGOC_ERROR_SERVER_SELECTION;
}

/// @returns false when `each` wants no more.
bool hand_over(const Bson& reply, const char* batch,
               const std::function<bool(DocumentView)>& each) {
  const auto array = reply.at(batch);
  bson_iter_t item;
  if (!array || !bson_iter_recurse(&*array, &item)) return true;
  while (bson_iter_next(&item)) {
    std::uint32_t length = 0;
    const std::uint8_t* data = nullptr;
    bson_iter_document(&item, &length, &data);
    bson_t view;
    if (bson_init_static(&view, data, length) && !each({&view})) return false;
  }
  return true;
}

}  // namespace

/// All commands of one cursor: to one server, in one session. Closed when it is left before its
/// end.
class Server::Cursor {
 public:
  Cursor(Server& server, Run& run, std::string_view database, std::string needs,
         const CommandOptions& how)
      : server_(server),
        run_(run),
        database_(database),
        needs_(std::move(needs)),
        how_(how),
        clients_(server.clients_for(run, how)),
        connection_(*clients_) {
    const ServerPtr chosen(mongoc_client_select_server(connection_.get(), true, nullptr, &error_),
                           &mongoc_server_description_destroy);
    if (!chosen) throw server_.failure(run_, error_, {}, needs_, how_);
    session_.reset(mongoc_client_start_session(connection_.get(), nullptr, &error_));
    bson_t options = BSON_INITIALIZER;
    bson_append_int32(&options, "serverId", -1,
                      static_cast<std::int32_t>(mongoc_server_description_id(chosen.get())));
    if (session_) mongoc_client_session_append(session_.get(), &options, &error_);
    options_ = Bson::take(options);
  }

  ~Cursor() {
    if (id_ == 0 || lost_) return;
    Bson ids;
    ids.add("0", id_);
    const auto close = doc("killCursors", std::string_view(collection_), "maxTimeMS", k_close_ms)
                           .add_array("cursors", ids);
    bson_error_t ignored;
    mongoc_client_command_with_opts(connection_.get(), database_.c_str(), close.raw(), nullptr,
                                    options_.raw(), nullptr, &ignored);
  }

  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  Bson open(const Bson& command) {
    batch_size_ = command.number("batchSize");
    auto reply = call(command);
    const auto ns = reply.text("cursor.ns");
    collection_ = ns.substr(std::min(ns.size(), ns.find('.') + 1));
    return reply;
  }

  bool at_end() const { return id_ == 0; }

  Bson next() {
    Bson more = doc("getMore", id_, "collection", std::string_view(collection_));
    if (batch_size_ > 0) more.add("batchSize", batch_size_);
    return call(more);
  }

 private:
  Bson call(const Bson& command) {
    run_.check();
    bson_t reply;
    const bool ok =
        mongoc_client_command_with_opts(connection_.get(), database_.c_str(), command.raw(),
                                        nullptr, options_.raw(), &reply, &error_);
    Bson result = Bson::take(reply);
    bson_destroy(&reply);
    if (!ok) {
      lost_ = is_connection_lost(error_);
      throw server_.failure(run_, error_, result, needs_, how_);
    }
    id_ = result.number("cursor.id");
    return result;
  }

  Server& server_;
  Run& run_;
  std::string database_, needs_, collection_;
  const CommandOptions& how_;
  std::shared_ptr<Clients> clients_;
  Connection connection_;
  SessionPtr session_{nullptr, &mongoc_client_session_destroy};
  Bson options_;
  bson_error_t error_{};
  std::int64_t id_ = 0;
  std::int64_t batch_size_ = 0;
  bool lost_ = false;  ///< the connection, and with it whom to tell
};

void Server::each(Run& run, std::string_view database, const Bson& command,
                  const std::function<bool(DocumentView)>& each, const CommandOptions& how) {
  Cursor cursor(*this, run, database,
                how.needs.empty() ? rights_needed(database, command) : how.needs, how);
  auto reply = cursor.open(tagged(run, cursor_command(command), how));
  const char* batch = "cursor.firstBatch";
  while (hand_over(reply, batch, each) && !cursor.at_end()) {
    reply = cursor.next();
    batch = "cursor.nextBatch";
  }
}

}  // namespace tidegate::engine::mongodb
