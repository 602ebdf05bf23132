#include "engine/mongodb/driver/clients.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "engine/mongodb/driver/library.hpp"

namespace tidegate::engine::mongodb {
namespace {

std::atomic<int> g_left_alone{0};

constexpr std::int32_t k_selection_ms = 10'000;  // unless the connection string says otherwise

/// Names of options are read without regard to case.
bool names_auth_source(std::string options) {
  std::transform(options.begin(), options.end(), options.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return options.find("authsource=") != std::string::npos;
}

}  // namespace

Clients::Uri read_uri(const Endpoint& endpoint) {
  bson_error_t error;
  Clients::Uri uri(mongoc_uri_new_with_error(endpoint.uri.reveal().c_str(), &error),
                   &mongoc_uri_destroy);
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

std::string url_of(const Endpoint& endpoint, std::string_view database) {
  const auto uri = read_uri(endpoint);  // refuses marks that should have been encoded
  const auto& text = endpoint.uri.reveal();
  const auto begin = text.find("://") + 3;
  const auto path = std::min(text.find_first_of("/?", begin), text.size());
  const auto authority = text.substr(begin, path - begin);
  std::string url = text.substr(0, begin);
  if (!endpoint.username.empty() && authority.find('@') == std::string::npos) {
    url += percent_encode(endpoint.username);
    if (!endpoint.password.empty()) url += ":" + percent_encode(endpoint.password.reveal());
    url += "@";
  }
  url += authority + "/" + percent_encode(database);
  auto options = text.substr(std::min(text.find('?', path), text.size()));
  // A database in the path would otherwise be where the user is looked for.
  const char* source = mongoc_uri_get_auth_source(uri.get());
  if (mongoc_uri_get_username(uri.get()) != nullptr && source != nullptr &&
      !names_auth_source(options)) {
    options += fmt::format("{}authSource={}", options.empty() ? "?" : "&", percent_encode(source));
  }
  return url + options;
}

std::string hosts_of(const mongoc_uri_t* uri) {
  if (const char* service = mongoc_uri_get_srv_hostname(uri)) return service;
  std::string text;
  for (const auto* host = mongoc_uri_get_hosts(uri); host; host = host->next) {
    text += (text.empty() ? "" : ",") + std::string(host->host_and_port);
  }
  return text;
}

void leave_alone(std::function<void()> work) {
  ++g_left_alone;
  try {
    std::thread([work = std::move(work)]() mutable {
      work();
      work = {};
      --g_left_alone;
    }).detach();
  } catch (const std::system_error& error) {
    --g_left_alone;
    throw Error(ErrorKind::remote, fmt::format("cannot begin a thread: {}", error.what()));
  }
}

bool any_left_alone() { return g_left_alone > 0; }

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

}  // namespace tidegate::engine::mongodb
