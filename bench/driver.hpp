#pragma once

/// The least of the driver that generator and measurements share.

#include <mongoc/mongoc.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace tidegate::bench {

using Json = nlohmann::ordered_json;

/// One connection; one a thread.
class Connection {
 public:
  explicit Connection(const std::string& uri);
  /// The reply as relaxed Extended JSON. @throws std::runtime_error
  Json command(const std::string& database, const Json& command);
  /// The same, whatever the server says.
  void try_command(const std::string& database, const Json& command) noexcept;
  mongoc_client_t* raw() { return client_.get(); }

 private:
  struct Close {
    void operator()(mongoc_client_t* client) const { mongoc_client_destroy(client); }
  };
  std::unique_ptr<mongoc_client_t, Close> client_;
};

}  // namespace tidegate::bench
