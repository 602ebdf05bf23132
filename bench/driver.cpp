#include "bench/driver.hpp"

namespace tidegate::bench {

Connection::Connection(const std::string& uri) {
  static const bool started = [] {
    mongoc_init();
    return true;
  }();
  static_cast<void>(started);
  bson_error_t error;
  auto* parsed = mongoc_uri_new_with_error(uri.c_str(), &error);
  if (parsed == nullptr) throw std::runtime_error(error.message);
  client_.reset(mongoc_client_new_from_uri(parsed));
  mongoc_uri_destroy(parsed);
  mongoc_client_set_error_api(client_.get(), MONGOC_ERROR_API_VERSION_2);
}

Json Connection::command(const std::string& database, const Json& command) {
  const auto text = command.dump();
  bson_error_t error;
  auto* request = bson_new_from_json(reinterpret_cast<const std::uint8_t*>(text.data()),
                                     static_cast<ssize_t>(text.size()), &error);
  if (request == nullptr) throw std::runtime_error("not Extended JSON: " + text);
  bson_t reply;
  const bool worked = mongoc_client_write_command_with_opts(client_.get(), database.c_str(),
                                                            request, nullptr, &reply, &error);
  bson_destroy(request);
  char* reply_text = bson_as_relaxed_extended_json(&reply, nullptr);
  auto json = Json::parse(reply_text);
  bson_free(reply_text);
  bson_destroy(&reply);
  if (!worked) {
    throw std::runtime_error(command.begin().key() + " in '" + database + "': " + error.message);
  }
  return json;
}

void Connection::try_command(const std::string& database, const Json& request) noexcept {
  try {
    command(database, request);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace tidegate::bench
