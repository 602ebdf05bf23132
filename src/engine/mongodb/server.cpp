#include "engine/mongodb/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/duration.hpp"
#include "engine/mongodb/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

using UriPtr = Clients::Uri;
using SessionPtr =
    std::unique_ptr<mongoc_client_session_t, decltype(&mongoc_client_session_destroy)>;
using ServerPtr =
    std::unique_ptr<mongoc_server_description_t, decltype(&mongoc_server_description_destroy)>;

constexpr int k_tries = 6;  // 1 + 2 + 4 + 8 + 16 s of pauses: longer than an election takes
constexpr std::chrono::milliseconds k_clock_slack{500};
constexpr std::int64_t k_longest_ms = 2'147'483'647;  // a larger maxTimeMS is refused
// No byte comes before a long command is done; that the peer is gone is found by TCP's keepalive.
constexpr std::int32_t k_longest_answer_ms = 24 * 3600 * 1000;
constexpr std::int32_t k_brief_answer_ms = 15'000;
constexpr std::chrono::milliseconds k_brief{10'000};
constexpr std::chrono::milliseconds k_sign_in_pause{5'000};
constexpr std::int32_t k_selection_ms = 10'000;  // unless the connection string says otherwise

UriPtr read_uri(const Endpoint& endpoint) {
  bson_error_t error;
  UriPtr uri(mongoc_uri_new_with_error(endpoint.uri.reveal().c_str(), &error), &mongoc_uri_destroy);
  if (!uri) {
    throw Error(ErrorKind::config,
                fmt::format("the connection string is malformed: {}", error.message),
                "write it as mongodb://HOST:PORT/?replicaSet=NAME or mongodb+srv://HOST/; user "
                "name and password "
                "may stand beside it as 'username' and 'password', where nothing needs escaping",
                endpoint.origin);
  }
  if (!endpoint.username.empty() && !mongoc_uri_get_username(uri.get())) {
    mongoc_uri_set_username(uri.get(), endpoint.username.c_str());
  }
  if (!endpoint.password.empty() && !mongoc_uri_get_password(uri.get())) {
    mongoc_uri_set_password(uri.get(), endpoint.password.reveal().c_str());
  }
  const bool has_user = mongoc_uri_get_username(uri.get()) != nullptr;
  if (!has_user && !endpoint.password.empty()) {
    throw Error(ErrorKind::config, "there is a password, but no user name to go with it",
                "set 'username' beside 'password', or put the user name into the connection string",
                endpoint.origin);
  }
  // A database in the path would otherwise be where the user is looked for.
  if (has_user && !mongoc_uri_get_auth_mechanism(uri.get()) &&
      !mongoc_uri_has_option(uri.get(), MONGOC_URI_AUTHSOURCE)) {
    mongoc_uri_set_auth_source(uri.get(), "admin");
  }
  if (!mongoc_uri_has_option(uri.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS)) {
    mongoc_uri_set_option_as_int32(uri.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS, k_selection_ms);
  }
  // The whole of that time, not one look only: an election may be going on.
  mongoc_uri_set_option_as_bool(uri.get(), MONGOC_URI_SERVERSELECTIONTRYONCE, false);
  mongoc_uri_set_appname(uri.get(), "tidegate");
  return uri;
}

std::string hosts_of(const mongoc_uri_t* uri) {
  if (const char* service = mongoc_uri_get_srv_hostname(uri)) return service;
  std::string text;
  for (const auto* host = mongoc_uri_get_hosts(uri); host; host = host->next) {
    text += (text.empty() ? "" : ",") + std::string(host->host_and_port);
  }
  return text;
}

std::chrono::milliseconds pause_before(int attempt) {
  const auto base = std::min<std::int64_t>(30'000, 1000LL << (attempt - 1));
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(base + static_cast<std::int64_t>(random() % (base / 4 + 1)));
}

Bson cursor_command(const Bson& command) {
  return command.has("cursor") || command.keys().front() == "find"
             ? command
             : Bson(command).add("cursor", Bson());
}

std::optional<std::chrono::milliseconds> time_allowed(const Run& run, const Send& how) {
  auto limit = run.remaining();
  if (how.max_time && (!limit || *how.max_time < *limit)) limit = how.max_time;
  return limit;
}

}  // namespace

Clients::Clients(Uri uri) : uri_(std::move(uri)) {}

Clients::Client Clients::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto client = std::move(idle_.back());
      idle_.pop_back();
      return client;
    }
  }
  bson_error_t error;
  Client client(mongoc_client_new_from_uri_with_error(uri_.get(), &error), &mongoc_client_destroy);
  if (!client) {
    throw Error(ErrorKind::config,
                fmt::format("cannot use the connection string: {}", error.message));
  }
  mongoc_client_set_error_api(client.get(), 2);
  return client;
}

void Clients::give_back(Client client) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(client));
}

/// A client taken for one call.
class Server::Connection {
 public:
  explicit Connection(Clients& clients) : clients_(clients), client_(clients.take()) {}
  ~Connection() { clients_.give_back(std::move(client_)); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  mongoc_client_t* get() const { return client_.get(); }

 private:
  Clients& clients_;
  Clients::Client client_;
};

Server::Server(const Endpoint& endpoint)
    : primary_(mongoc_read_prefs_new(MONGOC_READ_PRIMARY), &mongoc_read_prefs_destroy),
      sign_in_wait_(endpoint.sign_in_wait) {
  auto uri = read_uri(endpoint);
  display_ = hosts_of(uri.get());
  if (const char* user = mongoc_uri_get_username(uri.get())) user_ = user;
  // Over whatever the connection string says: it would end every copy that takes longer.
  mongoc_uri_set_option_as_int32(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, k_brief_answer_ms);
  brief_ = std::make_unique<Clients>(Clients::Uri(mongoc_uri_copy(uri.get()), &mongoc_uri_destroy));
  mongoc_uri_set_option_as_int32(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, k_longest_answer_ms);
  clients_ = std::make_unique<Clients>(std::move(uri));
}

Server::~Server() = default;

Bson Server::tagged(Run& run, Bson command, const Send& how) const {
  if (!command.has("comment")) command.add("comment", std::string_view(comment_of(run.id())));
  if (const auto limit = time_allowed(run, how)) {
    command.add("maxTimeMS", std::clamp<std::int64_t>(limit->count(), 1, k_longest_ms));
  }
  return command;
}

Bson Server::send_once(Run& run, std::string_view database, const Bson& command, const Send& how) {
  const Bson full = tagged(run, command, how);
  const Connection connection(how.max_time && *how.max_time <= k_brief ? *brief_ : *clients_);
  bson_t reply;
  bson_error_t error;
  const bool ok =
      mongoc_client_command_with_opts(connection.get(), std::string(database).c_str(), full.raw(),
                                      primary_.get(), nullptr, &reply, &error);
  Bson result = Bson::take(reply);
  bson_destroy(&reply);
  if (ok) reached_ = true;
  if (ok && !result.has("writeErrors") && !result.has("writeConcernError")) return result;
  if (ok) adopt_write_error(result, error);
  throw failure(run, error, result,
                how.needs.empty() ? rights_needed(database, command) : how.needs, how);
}

Error Server::failure(Run& run, const bson_error_t& error, const Bson& reply,
                      const std::string& needs, const Send& how) const {
  // It was the run's limit that the server has kept, by a clock that may be a little ahead: the
  // run's own words say how long it was.
  if (error.code == k_max_time_expired && !how.max_time) run.sleep(k_clock_slack);
  return translate(error, reply, needs, display_,
                   run.stop().stop_requested() && !run.shielded() ? Stopping::yes : Stopping::no);
}

Bson Server::send(Run& run, std::string_view database, const Bson& command, const Send& how) {
  for (int attempt = 1;; ++attempt) {
    run.check();
    try {
      return send_once(run, database, command, how);
    } catch (const Error& error) {
      if (wait_to_sign_in(run, error)) continue;
      if (!how.idempotent || attempt >= k_tries || !worth_another_try(error)) throw;
      const auto pause = pause_before(attempt);
      run.log().warning(
          fmt::format("{}; trying again in {} s", error.message(), pause.count() / 1000),
          {{"run", run.id()}, {"attempt", std::to_string(attempt)}});
      run.sleep(pause);
    }
  }
}

/// Before the first answer nobody knows whether there is a server at all; later on an election is
/// going on.
bool Server::worth_another_try(const Error& error) const {
  return is_transient(error) || (reached_ && error.kind() == ErrorKind::unreachable);
}

bool Server::wait_to_sign_in(Run& run, const Error& error) {
  if (error.server_code() != k_authentication_failed) return false;
  std::chrono::milliseconds left;
  {
    const std::lock_guard lock(mutex_);
    const auto now = run.clock().steady();
    if (!first_refused_) first_refused_ = now;
    left = sign_in_wait_ -
           std::chrono::duration_cast<std::chrono::milliseconds>(now - *first_refused_);
  }
  if (left.count() <= 0) return false;
  run.log().warning(fmt::format("{}; a new user takes a while to arrive, trying again for {}",
                                error.message(), to_text(left)),
                    {{"run", run.id()}});
  run.sleep(std::min(left, k_sign_in_pause));
  return true;
}

Bson Server::read(Run& run, std::string_view database, Bson command, Send how) {
  return send(run, database, command, how);
}

Bson Server::write(Run& run, std::string_view database, Bson command, Send how) {
  if (!command.has("writeConcern")) command.add("writeConcern", doc("w", "majority"));
  return send(run, database, command, how);
}

void Server::each(Run& run, std::string_view database, Bson command,
                  const std::function<bool(DocumentView)>& each, Send how) {
  const Connection connection(*clients_);
  auto* client = connection.get();
  bson_error_t error;
  const std::string where(database);
  const std::string needs = how.needs.empty() ? rights_needed(database, command) : how.needs;
  const auto fail = [&](const Bson& reply) { throw failure(run, error, reply, needs, how); };
  // All of a cursor's commands must reach one server in one session.
  const ServerPtr chosen(mongoc_client_select_server(client, true, nullptr, &error),
                         &mongoc_server_description_destroy);
  if (!chosen) fail({});
  const SessionPtr session(mongoc_client_start_session(client, nullptr, &error),
                           &mongoc_client_session_destroy);
  bson_t options = BSON_INITIALIZER;
  bson_append_int32(&options, "serverId", -1,
                    static_cast<std::int32_t>(mongoc_server_description_id(chosen.get())));
  if (session) mongoc_client_session_append(session.get(), &options, &error);
  const Bson opts = Bson::take(options);

  const auto call = [&](const Bson& what) {
    run.check();
    bson_t reply;
    const bool ok = mongoc_client_command_with_opts(client, where.c_str(), what.raw(), nullptr,
                                                    opts.raw(), &reply, &error);
    Bson result = Bson::take(reply);
    bson_destroy(&reply);
    if (!ok) fail(result);
    return result;
  };

  Bson reply = call(tagged(run, cursor_command(command), how));
  std::string batch = "cursor.firstBatch";
  const auto ns = reply.text("cursor.ns");
  const auto collection = ns.substr(std::min(ns.size(), ns.find('.') + 1));
  for (;;) {
    bool go_on = true;
    const auto array = reply.at(batch);
    bson_iter_t item;
    if (array && bson_iter_recurse(&*array, &item)) {
      while (go_on && bson_iter_next(&item)) {
        std::uint32_t length = 0;
        const std::uint8_t* data = nullptr;
        bson_iter_document(&item, &length, &data);
        bson_t view;
        if (bson_init_static(&view, data, length)) go_on = each({&view});
      }
    }
    const auto id = reply.number("cursor.id");
    if (id == 0) return;
    if (!go_on) {
      Bson ids;
      ids.add("0", id);
      call(doc("killCursors", std::string_view(collection)).add_array("cursors", ids));
      return;
    }
    Bson more = doc("getMore", id, "collection", std::string_view(collection));
    if (const auto size = command.number("batchSize"); size > 0) more.add("batchSize", size);
    reply = call(more);
    batch = "cursor.nextBatch";
  }
}

std::vector<Bson> Server::all(Run& run, std::string_view database, Bson command, Send how) {
  for (int attempt = 1;; ++attempt) {
    std::vector<Bson> result;
    try {
      each(
          run, database, command,
          [&](DocumentView document) {
            result.push_back(Bson::copy_of(document.raw));
            return true;
          },
          how);
      return result;
    } catch (const Error& error) {
      if (attempt >= k_tries || !is_transient(error)) throw;
      run.sleep(pause_before(attempt));
    }
  }
}

std::vector<Listed> Server::collections(Run& run, std::string_view database) {
  std::vector<Listed> result;
  const auto command = doc("listCollections", 1);
  for (const auto& each : all(run, database, command)) {
    result.push_back(
        {each.text("name"), each.text("type"), each.document("options"), each.uuid("info.uuid")});
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return result;
}

std::vector<Bson> Server::indexes(Run& run, const Namespace& collection) {
  try {
    return all(run, collection.database,
               doc("listIndexes", std::string_view(collection.collection)));
  } catch (const Error& error) {
    if (error.server_code() == k_namespace_not_found) return {};
    throw;
  }
}

SystemTime Server::now(Run& run) {
  const auto reply = read(run, "admin", doc("hello", 1));
  if (const auto time = reply.time("localTime")) return *time;
  throw Error(ErrorKind::remote, fmt::format("the server at {} does not tell its time", display_));
}

int Server::kill_operations(Run& run, const std::string& of_run, const std::string& collection) {
  const std::string comment = comment_of(of_run);
  Bson either;
  either.add("0", doc("command.comment", std::string_view(comment)));
  either.add("1", doc("cursor.originatingCommand.comment", std::string_view(comment)));
  Bson pipeline;
  pipeline.add("0", doc("$currentOp", doc("allUsers", false)));
  pipeline.add("1", doc("$match", Bson().add_array("$or", either)));
  Bson command = doc("aggregate", 1);
  command.add_array("pipeline", pipeline).add("cursor", Bson()).add("comment", "tidegate kill");
  int found = 0;
  for (const auto& operation : if_told(run, command)) {
    const auto id = operation.at("opid");
    if (!id || (!collection.empty() && operation.text("command.aggregate") != collection)) continue;
    ++found;
    Bson kill = doc("killOp", 1);
    kill.add_value("op", *id).add("comment", "tidegate kill");
    try {
      send_once(run, "admin", kill, {});
    } catch (const Error& error) {
      // Unauthorized is also what the server says of an operation that has just ended.
      if (error.server_code() != k_unauthorized) throw;
    }
  }
  return found;
}

std::vector<Bson> Server::if_told(Run& run, const Bson& command) {
  try {
    return all(run, "admin", command);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::permission) throw;
    run.log().debug("the server does not tell its operations: " + error.message(),
                    {{"run", run.id()}});
    return {};
  }
}

std::string comment_of(const std::string& run_id) { return "tidegate " + run_id; }

}  // namespace tidegate::engine::mongodb
