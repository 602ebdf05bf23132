#pragma once

/// A thin client for tests, speaking to a server directly and with its own code, so that a fault of
/// the program cannot hide behind the same fault here.

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

struct _bson_t;
struct _mongoc_client_t;

namespace tidegate::test {

using Json = nlohmann::ordered_json;

/// A command that the server refused.
class CommandFailed : public std::runtime_error {
 public:
  CommandFailed(int code, const std::string& message)
      : std::runtime_error(message + " (" + std::to_string(code) + ")"), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

/// Documents are written as Extended JSON. Not thread safe: one a thread.
class TestClient {
 public:
  explicit TestClient(const std::string& uri);
  ~TestClient();
  TestClient(TestClient&&) noexcept;

  /// The reply as relaxed Extended JSON. @throws CommandFailed
  Json command(const std::string& database, const Json& command);
  /// As command(), but a refusal is returned as its code; 0 when it worked.
  int code_of(const std::string& database, const Json& command);
  void insert(const std::string& database, const std::string& collection,
              const std::vector<Json>& documents);
  std::vector<Json> find(const std::string& database, const std::string& collection,
                         const Json& filter = Json::object());
  std::optional<Json> find_one(const std::string& database, const std::string& collection,
                               const Json& filter = Json::object());
  std::int64_t count(const std::string& database, const std::string& collection);
  void update_one(const std::string& database, const std::string& collection, const Json& filter,
                  const Json& update);
  void create_indexes(const std::string& database, const std::string& collection,
                      const std::vector<Json>& indexes);
  /// Without `system.*`, sorted.
  std::vector<std::string> collections(const std::string& database);
  std::vector<std::string> databases();
  void drop_database(const std::string& database);
  void drop_collection(const std::string& database, const std::string& collection);
  /// The documents' bytes, in `_id` order.
  std::vector<std::string> raw_documents(const std::string& database,
                                         const std::string& collection);
  /// For what is not offered here.
  _mongoc_client_t* raw() { return client_.get(); }

 private:
  struct Close {
    void operator()(_mongoc_client_t* client) const;
  };
  std::unique_ptr<_mongoc_client_t, Close> client_;
};

/// A collection's options and content. `documents` is the md5 of the raw documents in `_id` order,
/// as dbHash has it.
struct CollectionImage {
  std::string type, options;
  std::vector<std::string> indexes;  ///< sorted by name, as listIndexes says them
  std::int64_t count = 0;
  std::string documents;
  std::string uuid;  ///< not compared
};

/// A whole database but for the metadata collection and the server's own; names of staging
/// included, so that a leftover is a difference.
struct DatabaseImage {
  std::map<std::string, CollectionImage> collections;
};

DatabaseImage image(TestClient& client, const std::string& database,
                    const std::string& metadata_collection = "snapshot_metadata");

/// The snapshot keeps no TTL index as such: then `expireAfterSeconds` is left out of both sides.
enum class Ttl { compared, ignored };
/// In words, one line each; empty when the two are equal, document for document.
std::vector<std::string> differences(const DatabaseImage& expected, const DatabaseImage& found,
                                     Ttl ttl = Ttl::compared);
/// One line that changes when anything in the image does.
std::string fingerprint(const DatabaseImage& image);

/// Names in the database that belong to tidegate's staging. A server's own copy under way
/// (`tmp.agg_out.…`) is the server's to clear; the stand-in leaves it when its client is killed.
std::vector<std::string> leftovers(TestClient& client, const std::string& database);

/// One user as `check --grants` prints it.
struct GrantedUser {
  std::string name, database;
  Json statement;  ///< the argument of createUser
};
/// Finds every `db.getSiblingDB('…').createUser({…})` in a text. `pwd` may be a call such as
/// `passwordPrompt()`. A test failure when one is not to be understood.
std::vector<GrantedUser> parse_grants(const std::string& text);
/// Creates the user on the server, with this password, in place of one of the same name.
void create_user(TestClient& admin, const GrantedUser& user, const std::string& password);
/// The same for roles given directly: `{"role": "read", "db": "x"}`.
void create_user(TestClient& admin, const std::string& name, const std::string& password,
                 const Json& roles);

}  // namespace tidegate::test
