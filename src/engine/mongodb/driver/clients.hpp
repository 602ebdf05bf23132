#pragma once

/// The library's connections: made from a connection string, kept for the next call.

#include <mongoc/mongoc.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/plan.hpp"

namespace tidegate::engine::mongodb {

/// Connections that are not in use. The library's own pool would keep a thread a server that looks
/// at it all the time, and that takes half a second to end. Thread safe.
class Clients {
 public:
  using Uri = std::unique_ptr<mongoc_uri_t, decltype(&mongoc_uri_destroy)>;
  using Client = std::unique_ptr<mongoc_client_t, decltype(&mongoc_client_destroy)>;
  explicit Clients(Uri uri);
  Client take();
  void give_back(Client client);

 private:
  Uri uri_;
  std::mutex mutex_;
  std::vector<Client> idle_;
};

/// A thread that no other waits for: its work may last as long as a server hangs. While there are
/// any, the library must not be cleaned up (library.hpp).
/// @throws Error remote: there can be no more threads.
void leave_alone(std::function<void()> work);

/// A client taken for one call.
class Connection {
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

/// The connection string, with user and password that stand beside it, and what it leaves open.
/// @throws Error config: it cannot be read; says what is wrong, without its password.
Clients::Uri read_uri(const Endpoint& endpoint);
/// The connection string with user and password in it, and with this database in its path: for the
/// environment of a program that takes nothing else, never for an argument list or a message.
std::string url_of(const Endpoint& endpoint, std::string_view database);
/// As in messages: `host:27017,other:27017`, or the name that DNS has them under.
std::string hosts_of(const mongoc_uri_t* uri);

}  // namespace tidegate::engine::mongodb
