#pragma once

/// One request and its answer, or an end to the waiting for it.

#include <functional>
#include <memory>
#include <string>

#include "base/run.hpp"
#include "engine/mongodb/driver/bson.hpp"
#include "engine/mongodb/driver/clients.hpp"

namespace tidegate::engine::mongodb {

struct Answer {
  bool ok = false;
  Bson reply;
  bson_error_t error{};
};

/// Sends and waits; owns all that it uses, since its caller may be gone when the answer comes.
using ServerCall = std::function<Answer()>;

/// A command for the primary, whatever the connection string prefers: what is decided by it must be
/// true there.
ServerCall command_to_primary(std::shared_ptr<Clients> clients, std::string database, Bson command);

/// Waits as long as the clients do; once the run is stopped (and not shielded), only some seconds
/// more: the server may hang, and not hear that the operation is to end. The connection is then
/// left to itself, until its own time is over. Otherwise `ask` is gone when this returns.
/// @throws Error cancelled: given up. `where`: hosts, for the message.
Answer ask_once(Run& run, ServerCall ask, const std::string& where);

}  // namespace tidegate::engine::mongodb
