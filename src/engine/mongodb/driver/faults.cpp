#include "engine/mongodb/driver/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/mongodb/driver/server.hpp"
#include "engine/mongodb/driver/server_codes.hpp"
#include "engine/sign_in.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr const char* k_selection = "server selection";
constexpr const char* k_write_concern = "write concern";

// Below this a code in one of the client library's own domains is the library's, not the server's.
bool is_server_domain(const bson_error_t& error) {
  return error.domain == MONGOC_ERROR_SERVER || error.domain == MONGOC_ERROR_WRITE_CONCERN ||
         error.domain == MONGOC_ERROR_QUERY;
}

// The library says of whatever goes wrong while it signs in that signing in has failed: of a lost
// connection, too, and of a server that is shutting down.
bool is_cut_off(const bson_error_t& error) {
  constexpr std::array<std::string_view, 7> k_words{
      "socket error or timeout", "Failed to send", "Failed to read",
      "Failed to buffer",        "at shutdown",    "shutting down",
      "primary stepped down"};
  const std::string_view words = error.message;
  return error.domain == MONGOC_ERROR_CLIENT && error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE &&
         std::any_of(k_words.begin(), k_words.end(),
                     [&](auto each) { return words.find(each) != std::string_view::npos; });
}

bool is_network(const bson_error_t& error) {
  return error.domain == MONGOC_ERROR_STREAM || error.domain == MONGOC_ERROR_SERVER_SELECTION ||
         is_cut_off(error);
}

bool is_sign_in(const bson_error_t& error) {
  return (error.domain == MONGOC_ERROR_CLIENT && error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE &&
          !is_cut_off(error)) ||
         (is_server_domain(error) &&
          error.code == static_cast<std::uint32_t>(k_authentication_failed));
}

// "not authorized on db to execute command { … }": the command is long, and its values may be
// private.
std::string shortened(std::string words) {
  if (const auto cut = words.find(" to execute command"); cut != std::string::npos)
    words.resize(cut);
  if (words.size() > 600) words = words.substr(0, 600) + " …";
  while (!words.empty() && (words.back() == '.' || words.back() == '\n')) words.pop_back();
  return words;
}

Error refusal(const std::string& words, const std::string& needs, int code) {
  Error error(ErrorKind::permission,
              fmt::format("the server refuses: {} (code {}); missing right: {}", shortened(words),
                          code, needs),
              "'tidegate check' lists every right that is missing, 'tidegate check --grants' "
              "prints the statements "
              "that grant them");
  return error.with_server_code(code);
}

/// Not that of a command which failed besides.
bool is_of_write_concern(const Bson& reply) {
  return reply.has("writeConcernError") && !reply.has("writeErrors") && !reply.has("code");
}

std::string message_of(ErrorKind kind, const std::string& words, int code) {
  switch (kind) {
    case ErrorKind::timeout:
      return fmt::format("the server ended an operation at its time limit: {}", words);
    case ErrorKind::no_space:
      return fmt::format("the server has no space left: {}", words);
    case ErrorKind::unreachable:
      return fmt::format("the server is changing over or shutting down: {} (code {})", words, code);
    case ErrorKind::refused:
      return fmt::format("the server refuses: {} (code {})", words, code);
    default:
      return fmt::format("the server reports: {} (code {})", words, code);
  }
}

Error from_server(const bson_error_t& error, const Bson& reply, const std::string& needs,
                  Stopping stopping) {
  const int code = static_cast<int>(error.code);
  const std::string words = shortened(error.message);
  // Shared tiers stop writing at their quota, and say so with the code that they have for
  // everything.
  const bool over_quota = code == k_atlas && words.find("space quota") != std::string::npos;
  if (code == k_unauthorized || (code == k_atlas && !over_quota))
    return refusal(words, needs, code);
  const auto* const context = is_of_write_concern(reply) ? k_write_concern : "";
  const auto& row = look_up(over_quota ? k_out_of_disk_space : code);
  // Killed as Interrupted, IndexBuildAborted, CursorKilled …: whatever it says, the stop is why.
  if (stopping == Stopping::yes && row.kind != ErrorKind::timeout) {
    return Error(ErrorKind::cancelled, "cancelled", {}, context).with_server_code(code);
  }
  Error result(row.kind, message_of(row.kind, words, code), std::string(row.hint), context);
  if (row.retry == Retry::in_vain) result.mark_permanent();
  return result.with_server_code(code);
}

std::string action_of(std::string_view command) {
  static const std::map<std::string_view, std::string_view> actions{
      {"find", "find"},
      {"aggregate", "find"},
      {"count", "find"},
      {"listCollections", "listCollections"},
      {"listIndexes", "listIndexes"},
      {"create", "createCollection"},
      {"createIndexes", "createIndex"},
      {"drop", "dropCollection"},
      {"insert", "insert"},
      {"update", "insert and update"},
      {"delete", "remove"},
      {"findAndModify", "find, insert and update"},
      {"collMod", "collMod"},
      {"collStats", "collStats"},
      {"dbStats", "dbStats"},
      {"dbHash", "dbHash"},
      {"usersInfo", "viewUser"},
      {"dropDatabase", "dropDatabase"},
  };
  const auto found = actions.find(command);
  return std::string(found == actions.end() ? command : found->second);
}

}  // namespace

bool is_transient(const Error& error) {
  return error.kind() == ErrorKind::unreachable && error.context() != k_selection;
}

bool was_written(const Error& error) { return error.context() == k_write_concern; }

bool was_not_written(const Error& error) {
  if (was_written(error)) return false;
  return error.kind() == ErrorKind::permission || error.context() == k_selection ||
         look_up(error.server_code()).written == Written::nothing;
}

bool says_source_changed(const Error& error) {
  const int code = error.server_code();
  return code == k_namespace_not_found || code == k_query_plan_killed ||
         code == k_snapshot_unavailable;
}

bool says_unsupported(const Error& error) {
  return look_up(error.server_code()).meaning == CodeMeaning::unsupported;
}

bool says_malformed(const Error& error) {
  return look_up(error.server_code()).meaning == CodeMeaning::malformed;
}

std::string rights_needed(std::string_view database, const Bson& command) {
  const auto keys = command.keys();
  if (keys.empty()) return "unknown";
  const auto& name = keys.front();
  const auto collection = command.text(name);
  std::string target = fmt::format("'{}'", database);
  if (!collection.empty()) target = fmt::format("'{}.{}'", database, collection);
  if (name == "renameCollection")
    return fmt::format("renameCollectionSameDB and dropCollection on '{}'", collection);
  if (name == "aggregate") {
    for (const std::string_view stage : {"$out.db", "$merge.into.db"}) {
      for (const auto& each : command.documents("pipeline")) {
        if (const auto into = each.text(stage); !into.empty()) {
          return fmt::format("find on {}, insert and remove on '{}'", target, into);
        }
      }
    }
  }
  return fmt::format("{} on {}", action_of(name), target);
}

void adopt_write_error(const Bson& reply, bson_error_t& error) {
  const auto errors = reply.documents("writeErrors");
  const Bson first = errors.empty() ? reply.document("writeConcernError") : errors.front();
  bson_set_error(&error, MONGOC_ERROR_SERVER, static_cast<std::uint32_t>(first.number("code")),
                 "%s", first.text("errmsg").c_str());
}

Error translate(const bson_error_t& error, const Bson& reply, const std::string& needs,
                const std::string& where, Stopping stopping) {
  bson_error_t cause = error;
  // The reply's own code is the server's, whatever domain the library has filed it under.
  if (reply.has("code") && !is_sign_in(error)) {
    bson_set_error(&cause, MONGOC_ERROR_SERVER, static_cast<std::uint32_t>(reply.number("code")),
                   "%s",
                   reply.text("errmsg").empty() ? error.message : reply.text("errmsg").c_str());
  }
  if (is_sign_in(cause)) {
    return Error(ErrorKind::permission,
                 fmt::format("cannot sign in to {}: {}", where, shortened(cause.message)),
                 "check user name and password, and that the user is defined in 'admin' (else name "
                 "its database "
                 "with ?authSource=)",
                 k_sign_in)
        .with_server_code(k_authentication_failed);
  }
  if (is_server_domain(cause)) return from_server(cause, reply, needs, stopping);
  if (is_network(cause)) {
    return Error(ErrorKind::unreachable,
                 fmt::format("cannot reach {}: {}", where, shortened(cause.message)),
                 "check that the server runs and that this machine may connect to it",
                 cause.domain == MONGOC_ERROR_SERVER_SELECTION ? k_selection : "");
  }
  return Error(ErrorKind::remote, fmt::format("{}: {}", where, shortened(cause.message)))
      .with_server_code(static_cast<int>(cause.code));
}

}  // namespace tidegate::engine::mongodb
