#include "engine/mongodb/driver/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/duration.hpp"
#include "engine/mongodb/driver/bounded_call.hpp"
#include "engine/mongodb/driver/clients.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::chrono::milliseconds k_clock_slack{500};
constexpr std::int64_t k_longest_ms = 2'147'483'647;  // a larger maxTimeMS is refused
// No byte comes before a long command is done. TCP's keepalive finds a peer that is gone; only this
// time limit finds a server that hangs.
constexpr std::int32_t k_longest_answer_ms = 24 * 3600 * 1000;
constexpr std::int32_t k_shortest_answer_ms = 8'000;
constexpr std::int64_t k_answer_slack_ms = 4'000;
constexpr std::chrono::milliseconds k_list_limit{60'000};  // a server answers that at once
constexpr std::chrono::milliseconds k_kill_limit{4'000};
constexpr std::chrono::milliseconds k_sign_in_pause{5'000};

const CommandOptions k_control{.idempotent = true, .max_time = k_list_limit, .needs = {}};

std::optional<std::chrono::milliseconds> time_allowed(const Run& run, const CommandOptions& how) {
  auto limit = run.remaining();
  if (how.max_time && (!limit || *how.max_time < *limit)) limit = how.max_time;
  return limit;
}

}  // namespace

std::chrono::milliseconds Server::pause_before(int attempt) {
  const auto base = std::min<std::int64_t>(30'000, 1000LL << (attempt - 1));
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(base + static_cast<std::int64_t>(random() % (base / 4 + 1)));
}

Server::Server(const Endpoint& endpoint)
    : uri_(read_uri(endpoint)), sign_in_wait_(endpoint.sign_in_wait) {
  display_ = hosts_of(uri_.get());
  if (const char* user = mongoc_uri_get_username(uri_.get())) user_ = user;
}

// To close a connection is to ask the server to end a session; a server that hangs is not waited
// for.
Server::~Server() {
  if (answers_) return;
  for (auto& [answer, clients] : clients_) {
    leave_alone([kept = std::move(clients)]() mutable { kept.reset(); });
  }
}

// A client keeps one time for all its answers; by doublings there are few kinds of them.
std::shared_ptr<Clients> Server::clients_for(const Run& run, const CommandOptions& how) {
  const auto limit = time_allowed(run, how);
  std::int32_t answer = limit ? k_shortest_answer_ms : k_longest_answer_ms;
  while (limit && answer < limit->count() + k_answer_slack_ms && answer < k_longest_answer_ms) {
    answer = std::min(k_longest_answer_ms, 2 * answer);
  }
  const std::lock_guard lock(mutex_);
  auto& clients = clients_[answer];
  if (!clients) {
    Clients::Uri uri(mongoc_uri_copy(uri_.get()), &mongoc_uri_destroy);
    // Over whatever the connection string says: it would end every copy that takes longer.
    mongoc_uri_set_option_as_int32(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, answer);
    clients = std::make_shared<Clients>(std::move(uri));
  }
  return clients;
}

Bson Server::tagged(Run& run, Bson command, const CommandOptions& how) const {
  if (!command.has("comment")) command.add("comment", std::string_view(comment_of(run.id())));
  if (const auto limit = time_allowed(run, how)) {
    command.add("maxTimeMS", std::clamp<std::int64_t>(limit->count(), 1, k_longest_ms));
  }
  return command;
}

Bson Server::send_once(Run& run, std::string_view database, const Bson& command,
                       const CommandOptions& how) {
  const Bson full = tagged(run, command, how);
  answers_ = false;
  auto [ok, result, error] = ask_once(
      run, command_to_primary(clients_for(run, how), std::string(database), full), display_);
  answers_ = ok || result.has("ok");
  if (ok) reached_ = true;
  if (ok && !result.has("writeErrors") && !result.has("writeConcernError")) return result;
  if (ok) adopt_write_error(result, error);
  throw failure(run, error, result,
                how.needs.empty() ? rights_needed(database, command) : how.needs, how);
}

Error Server::failure(Run& run, const bson_error_t& error, const Bson& reply,
                      const std::string& needs, const CommandOptions& how) const {
  // It was the run's limit that the server has kept, by a clock that may be a little ahead: the
  // run's own words say how long it was.
  const auto left = run.remaining();
  const bool of_the_run = !how.max_time || (left && *left < k_clock_slack);
  if (error.code == k_max_time_expired && of_the_run) run.sleep(k_clock_slack);
  return translate(error, reply, needs, display_,
                   run.stop().stop_requested() && !run.shielded() ? Stopping::yes : Stopping::no);
}

template <class ServerCall>
auto Server::patiently(Run& run, const CommandOptions& how, const ServerCall& ask) {
  for (int attempt = 1;; ++attempt) {
    run.check();
    try {
      return ask();
    } catch (const Error& error) {
      if (wait_to_sign_in(run, error)) continue;
      if (!how.idempotent || attempt >= k_tries || !worth_another_try(error)) throw;
      const auto pause = pause_before(attempt);
      // The cause says more than "time limit reached" would.
      if (const auto left = run.remaining(); left && *left <= pause) throw;
      run.log().warning(
          fmt::format("{}; trying again in {} s", error.message(), pause.count() / 1000),
          {{"run", run.id()}, {"attempt", std::to_string(attempt)}});
      run.sleep(pause);
    }
  }
}

Bson Server::send(Run& run, std::string_view database, const Bson& command,
                  const CommandOptions& how) {
  return patiently(run, how, [&] { return send_once(run, database, command, how); });
}

/// Before the first answer it is not known whether there is a server at all; later on, an election
/// is going on.
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

Bson Server::read(Run& run, std::string_view database, const Bson& command,
                  const CommandOptions& how) {
  return send(run, database, command, how);
}

Bson Server::write(Run& run, std::string_view database, Bson command, const CommandOptions& how) {
  if (!command.has("writeConcern")) command.add("writeConcern", doc("w", "majority"));
  return send(run, database, command, how);
}

std::vector<Bson> Server::all(Run& run, std::string_view database, const Bson& command,
                              const CommandOptions& how) {
  return patiently(run, how, [&] {
    std::vector<Bson> result;
    each(
        run, database, command,
        [&](DocumentView document) {
          result.push_back(Bson::copy_of(document.raw));
          return true;
        },
        how);
    return result;
  });
}

std::vector<CollectionInfo> Server::collections(Run& run, std::string_view database) {
  return list_collections(run, database, doc("listCollections", 1));
}

std::vector<CollectionInfo> Server::collections(Run& run, std::string_view database,
                                                const std::vector<std::string>& names) {
  const auto either = Bson().add_array("$in", Bson::strings(names));
  return list_collections(run, database, doc("listCollections", 1, "filter", doc("name", either)));
}

std::vector<CollectionInfo> Server::list_collections(Run& run, std::string_view database,
                                                     const Bson& command) {
  std::vector<CollectionInfo> result;
  for (const auto& each : all(run, database, command, k_control)) {
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
               doc("listIndexes", std::string_view(collection.collection)), k_control);
  } catch (const Error& error) {
    if (error.server_code() == k_namespace_not_found) return {};
    throw;
  }
}

SystemTime Server::now(Run& run) {
  const auto reply = read(run, "admin", doc("hello", 1), k_control);
  if (const auto time = reply.time("localTime")) return *time;
  throw Error(ErrorKind::remote, fmt::format("the server at {} does not tell its time", display_));
}

int Server::kill_operations(Run& run, const std::string& of_run, const std::string& collection,
                            const CommandOptions& how) {
  CommandOptions brief = how;
  brief.max_time = k_kill_limit;
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
  for (const auto& operation : if_told(run, command, brief)) {
    const auto id = operation.at("opid");
    if (!id || (!collection.empty() && operation.text("command.aggregate") != collection)) continue;
    ++found;
    Bson kill = doc("killOp", 1);
    kill.add_value("op", *id).add("comment", "tidegate kill");
    try {
      send_once(run, "admin", kill, brief);
    } catch (const Error& error) {
      // Unauthorized is also what the server says of an operation that has just ended.
      if (error.server_code() != k_unauthorized) throw;
    }
  }
  return found;
}

std::vector<Bson> Server::if_told(Run& run, const Bson& command, const CommandOptions& how) {
  try {
    return all(run, "admin", command, how);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::permission && !says_unsupported(error)) throw;
    run.log().debug("the server does not tell its operations: " + error.message(),
                    {{"run", run.id()}});
    return {};
  }
}

std::optional<ServerCapabilities> Server::known() {
  const std::lock_guard lock(mutex_);
  return known_;
}

void Server::know(ServerCapabilities capabilities) {
  const std::lock_guard lock(mutex_);
  known_ = std::move(capabilities);
}

const CollectionInfo* find_by_name(const std::vector<CollectionInfo>& listed,
                                   std::string_view name) {
  const auto at = std::lower_bound(
      listed.begin(), listed.end(), name,
      [](const CollectionInfo& each, std::string_view wanted) { return each.name < wanted; });
  return at == listed.end() || at->name != name ? nullptr : &*at;
}

std::string comment_of(const std::string& run_id) { return "tidegate " + run_id; }

}  // namespace tidegate::engine::mongodb
