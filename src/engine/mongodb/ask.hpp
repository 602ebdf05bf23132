#pragma once

/// One command and its answer, or an end to the waiting for it.

#include <memory>
#include <string>

#include "base/run.hpp"
#include "engine/mongodb/bson.hpp"
#include "engine/mongodb/clients.hpp"

namespace tidegate::engine::mongodb {

/// For the primary, whatever the connection string prefers: what is decided by it must be true
/// there.
struct Question {
  std::shared_ptr<Clients> clients;
  std::string database;
  Bson command;
};

struct Answer {
  bool ok = false;
  Bson reply;
  bson_error_t error{};
};

/// Waits as long as the clients do; once the run is stopped (and not shielded), only some seconds
/// more: the server may stand still, and not hear that the operation is to end. The connection is
/// then left to itself, until its own time is over.
/// @throws Error cancelled: given up. `where`: hosts, for the message.
Answer ask_once(Run& run, Question question, const std::string& where);

}  // namespace tidegate::engine::mongodb
