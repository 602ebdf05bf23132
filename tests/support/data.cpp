#include "support/data.hpp"

#include <gtest/gtest.h>
#include <mongoc/mongoc.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tidegate::test {
namespace {

class BsonPtr {
 public:
  explicit BsonPtr(bson_t* document) : document_(document) {}
  ~BsonPtr() {
    if (document_ != nullptr) bson_destroy(document_);
  }
  BsonPtr(BsonPtr&& other) noexcept : document_(std::exchange(other.document_, nullptr)) {}
  BsonPtr(const BsonPtr&) = delete;
  BsonPtr& operator=(const BsonPtr&) = delete;
  const bson_t* get() const { return document_; }

 private:
  bson_t* document_;
};

struct FreeCursor {
  void operator()(mongoc_cursor_t* cursor) const { mongoc_cursor_destroy(cursor); }
};
using CursorPtr = std::unique_ptr<mongoc_cursor_t, FreeCursor>;

BsonPtr to_bson(const Json& json) {
  const auto text = json.dump();
  bson_error_t error;
  BsonPtr document(bson_new_from_json(reinterpret_cast<const std::uint8_t*>(text.data()),
                                      static_cast<ssize_t>(text.size()), &error));
  if (document.get() == nullptr) throw std::runtime_error("not Extended JSON: " + text);
  return document;
}

std::string to_text(const bson_t* document) {
  char* text = bson_as_canonical_extended_json(document, nullptr);
  std::string result(text);
  bson_free(text);
  return result;
}

Json to_json(const bson_t* document) {
  char* text = bson_as_relaxed_extended_json(document, nullptr);
  auto json = Json::parse(text);
  bson_free(text);
  return json;
}

void start_driver() {
  static const bool started = [] {
    mongoc_init();
    mongoc_log_set_handler(nullptr, nullptr);
    return true;
  }();
  static_cast<void>(started);
}

class Md5 {
 public:
  Md5() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_md5(), nullptr); }
  ~Md5() { EVP_MD_CTX_free(context_); }
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;
  void add(const void* data, std::size_t size) { EVP_DigestUpdate(context_, data, size); }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_, bytes.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += "0123456789abcdef"[bytes.at(i) >> 4U];
      text += "0123456789abcdef"[bytes.at(i) & 15U];
    }
    return text;
  }

 private:
  EVP_MD_CTX* context_;
};

template <class Each>
void for_each(mongoc_cursor_t* cursor, Each each) {
  const bson_t* document = nullptr;
  while (mongoc_cursor_next(cursor, &document)) each(document);
  bson_error_t error;
  if (mongoc_cursor_error(cursor, &error)) {
    throw CommandFailed(static_cast<int>(error.code), error.message);
  }
}

template <class Each>
void for_each_document(mongoc_client_t* client, const std::string& database,
                       const std::string& collection, const Json& filter, const Json& options,
                       Each each) {
  auto* handle = mongoc_client_get_collection(client, database.c_str(), collection.c_str());
  const auto query = to_bson(filter);
  const auto opts = to_bson(options);
  CursorPtr cursor(mongoc_collection_find_with_opts(handle, query.get(), opts.get(), nullptr));
  mongoc_collection_destroy(handle);
  for_each(cursor.get(), each);
}

CollectionImage describe(TestClient& client, const std::string& database, const Json& entry) {
  CollectionImage result;
  const auto name = entry.at("name").get<std::string>();
  result.type = entry.value("type", "collection");
  result.options = entry.value("options", Json::object()).dump();
  if (result.type == "view") return result;
  if (entry.contains("info") && entry.at("info").contains("uuid")) {
    result.uuid = entry.at("info").at("uuid").dump();
  }
  auto* handle = mongoc_client_get_collection(client.raw(), database.c_str(), name.c_str());
  CursorPtr indexes(mongoc_collection_find_indexes_with_opts(handle, nullptr));
  mongoc_collection_destroy(handle);
  for_each(indexes.get(), [&](const bson_t* index) {
    auto json = Json::parse(to_text(index));
    json.erase("ns");
    result.indexes.push_back(json.at("name").get<std::string>() + " " + json.dump());
  });
  std::sort(result.indexes.begin(), result.indexes.end());
  Md5 md5;
  const Json by_id = {{"sort", {{"_id", 1}}}, {"collation", {{"locale", "simple"}}}};
  for_each_document(client.raw(), database, name, Json::object(), by_id, [&](const bson_t* doc) {
    md5.add(bson_get_data(doc), doc->len);
    ++result.count;
  });
  result.documents = md5.hex();
  return result;
}

std::vector<std::string> without_ttl(const std::vector<std::string>& indexes) {
  std::vector<std::string> result;
  for (const auto& text : indexes) {
    auto json = Json::parse(text.substr(text.find(" {") + 1));
    json.erase("expireAfterSeconds");
    result.push_back(json.dump());
  }
  return result;
}

void compare(const std::string& name, const CollectionImage& a, const CollectionImage& b, Ttl ttl,
             std::vector<std::string>& result) {
  const auto differs = [&](const std::string& what, const std::string& expected,
                           const std::string& found) {
    if (expected == found) return;
    result.push_back(name + ": " + what + ": expected " + expected + ", found " + found);
  };
  differs("type", a.type, b.type);
  differs("options", a.options, b.options);
  const auto left = ttl == Ttl::ignored ? without_ttl(a.indexes) : a.indexes;
  const auto right = ttl == Ttl::ignored ? without_ttl(b.indexes) : b.indexes;
  differs("indexes", Json(left).dump(), Json(right).dump());
  differs("count", std::to_string(a.count), std::to_string(b.count));
  differs("documents", a.documents, b.documents);
}

/// The text between the brackets that open at `open`, strings skipped. Npos-safe: empty if
/// unbalanced.
std::string balanced(const std::string& text, std::size_t open) {
  int depth = 0;
  char quote = '\0';
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\') ++i;
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return text.substr(open + 1, i - open - 1);
    }
  }
  return {};
}

std::string database_before(const std::string& text, std::size_t position) {
  const std::string call = "getSiblingDB(";
  const auto start = text.rfind(call, position);
  if (start == std::string::npos) return "admin";
  const auto inside = balanced(text, start + call.size() - 1);
  return inside.size() > 2 ? inside.substr(1, inside.size() - 2) : "admin";
}

}  // namespace

void TestClient::Close::operator()(mongoc_client_t* client) const { mongoc_client_destroy(client); }

TestClient::TestClient(const std::string& uri) {
  start_driver();
  bson_error_t error;
  auto* parsed = mongoc_uri_new_with_error(uri.c_str(), &error);
  if (parsed == nullptr) throw std::runtime_error(error.message);
  if (uri.find("serverSelectionTimeoutMS") == std::string::npos) {
    mongoc_uri_set_option_as_int32(parsed, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, 5000);
  }
  client_.reset(mongoc_client_new_from_uri(parsed));
  mongoc_uri_destroy(parsed);
  mongoc_client_set_error_api(client_.get(), MONGOC_ERROR_API_VERSION_2);
}

TestClient::~TestClient() = default;
TestClient::TestClient(TestClient&&) noexcept = default;

Json TestClient::command(const std::string& database, const Json& command) {
  const auto request = to_bson(command);
  bson_t reply;
  bson_error_t error;
  const bool worked = mongoc_client_command_simple(client_.get(), database.c_str(), request.get(),
                                                   nullptr, &reply, &error);
  auto json = to_json(&reply);
  bson_destroy(&reply);
  if (!worked) throw CommandFailed(static_cast<int>(error.code), error.message);
  const auto errors = json.find("writeErrors");
  if (errors != json.end() && !errors->empty()) {
    throw CommandFailed(errors->at(0).value("code", 0), errors->at(0).value("errmsg", ""));
  }
  return json;
}

int TestClient::code_of(const std::string& database, const Json& request) {
  try {
    command(database, request);
    return 0;
  } catch (const CommandFailed& failed) {
    return failed.code();
  }
}

void TestClient::insert(const std::string& database, const std::string& collection,
                        const std::vector<Json>& documents) {
  command(database, {{"insert", collection}, {"documents", documents}});
}

std::vector<Json> TestClient::find(const std::string& database, const std::string& collection,
                                   const Json& filter) {
  std::vector<Json> result;
  for_each_document(client_.get(), database, collection, filter, {{"sort", {{"_id", 1}}}},
                    [&](const bson_t* document) { result.push_back(to_json(document)); });
  return result;
}

std::optional<Json> TestClient::find_one(const std::string& database, const std::string& collection,
                                         const Json& filter) {
  auto found = find(database, collection, filter);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::int64_t TestClient::count(const std::string& database, const std::string& collection) {
  return command(database, {{"count", collection}}).at("n").get<std::int64_t>();
}

void TestClient::update_one(const std::string& database, const std::string& collection,
                            const Json& filter, const Json& update) {
  const Json one = {{"q", filter}, {"u", update}};
  command(database, {{"update", collection}, {"updates", Json::array({one})}});
}

void TestClient::create_indexes(const std::string& database, const std::string& collection,
                                const std::vector<Json>& indexes) {
  command(database, {{"createIndexes", collection}, {"indexes", indexes}});
}

std::vector<std::string> TestClient::collections(const std::string& database) {
  auto* handle = mongoc_client_get_database(client_.get(), database.c_str());
  CursorPtr cursor(mongoc_database_find_collections_with_opts(handle, nullptr));
  mongoc_database_destroy(handle);
  std::vector<std::string> names;
  for_each(cursor.get(), [&](const bson_t* entry) {
    auto name = to_json(entry).at("name").get<std::string>();
    if (name.rfind("system.", 0) != 0) names.push_back(std::move(name));
  });
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> TestClient::databases() {
  std::vector<std::string> names;
  const auto reply = command("admin", {{"listDatabases", 1}, {"nameOnly", true}});
  for (const auto& entry : reply.at("databases")) names.push_back(entry.at("name"));
  return names;
}

void TestClient::drop_database(const std::string& database) {
  command(database, {{"dropDatabase", 1}});
}

void TestClient::drop_collection(const std::string& database, const std::string& collection) {
  const int code = code_of(database, {{"drop", collection}});
  if (code != 0 && code != 26) throw CommandFailed(code, "drop " + collection);
}

std::vector<std::string> TestClient::raw_documents(const std::string& database,
                                                   const std::string& collection) {
  std::vector<std::string> result;
  for_each_document(client_.get(), database, collection, Json::object(), {{"sort", {{"_id", 1}}}},
                    [&](const bson_t* document) {
                      result.emplace_back(reinterpret_cast<const char*>(bson_get_data(document)),
                                          document->len);
                    });
  return result;
}

DatabaseImage image(TestClient& client, const std::string& database,
                    const std::string& metadata_collection) {
  auto* handle = mongoc_client_get_database(client.raw(), database.c_str());
  CursorPtr cursor(mongoc_database_find_collections_with_opts(handle, nullptr));
  mongoc_database_destroy(handle);
  std::vector<Json> entries;
  for_each(cursor.get(), [&](const bson_t* entry) { entries.push_back(to_json(entry)); });
  DatabaseImage result;
  for (const auto& entry : entries) {
    const auto name = entry.at("name").get<std::string>();
    const bool servers_own = name.rfind("system.", 0) == 0 || name.rfind("tmp.agg_out.", 0) == 0;
    if (name == metadata_collection || servers_own) continue;
    result.collections.emplace(name, describe(client, database, entry));
  }
  return result;
}

std::vector<std::string> differences(const DatabaseImage& expected, const DatabaseImage& found,
                                     Ttl ttl) {
  std::vector<std::string> result;
  for (const auto& [name, collection] : expected.collections) {
    const auto other = found.collections.find(name);
    if (other == found.collections.end()) {
      result.push_back(name + ": missing");
    } else {
      compare(name, collection, other->second, ttl, result);
    }
  }
  for (const auto& [name, collection] : found.collections) {
    if (!expected.collections.contains(name)) result.push_back(name + ": not expected");
  }
  return result;
}

std::string fingerprint(const DatabaseImage& database) {
  Md5 md5;
  const auto add = [&](const std::string& text) { md5.add(text.c_str(), text.size() + 1); };
  for (const auto& [name, collection] : database.collections) {
    add(name);
    add(collection.type);
    add(collection.options);
    for (const auto& index : collection.indexes) add(index);
    add(collection.documents);
  }
  return md5.hex();
}

std::vector<std::string> leftovers(TestClient& client, const std::string& database) {
  std::vector<std::string> result;
  for (auto& name : client.collections(database)) {
    if (name.rfind("_tidegate", 0) == 0) result.push_back(std::move(name));
  }
  return result;
}

std::vector<GrantedUser> parse_grants(const std::string& text) {
  std::vector<GrantedUser> users;
  const std::string call = ".createUser(";
  for (auto at = text.find(call); at != std::string::npos; at = text.find(call, at + 1)) {
    auto argument = balanced(text, at + call.size() - 1);
    const std::string prompt = "passwordPrompt()";
    const auto found = argument.find(prompt);
    if (found != std::string::npos) argument.replace(found, prompt.size(), "null");
    auto statement = Json::parse(argument, nullptr, false);
    if (statement.is_discarded() || !statement.contains("user")) {
      ADD_FAILURE() << "not to be understood as createUser's argument: " << argument;
      continue;
    }
    statement.erase("pwd");
    users.push_back({statement.at("user"), database_before(text, at), statement});
  }
  return users;
}

void create_user(TestClient& admin, const GrantedUser& user, const std::string& password) {
  Json command = {{"createUser", user.name}, {"pwd", password}};
  for (const auto& [key, value] : user.statement.items()) {
    if (key != "user") command[key] = value;
  }
  admin.code_of(user.database, {{"dropUser", user.name}});
  admin.command(user.database, command);
}

void create_user(TestClient& admin, const std::string& name, const std::string& password,
                 const Json& roles) {
  create_user(admin, {name, "admin", Json{{"user", name}, {"roles", roles}}}, password);
}

}  // namespace tidegate::test
