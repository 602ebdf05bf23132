#include "engine/mongodb/driver/if_permitted.hpp"

#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {

std::optional<Bson> if_permitted(Run& run, Server& server, std::string_view database,
                                 const Bson& command) {
  try {
    return server.read(run, database, command);
  } catch (const Error& error) {
    // A failed sign-in is a refusal too, but not of this command.
    const bool refused =
        error.kind() == ErrorKind::permission && error.server_code() != k_authentication_failed;
    if (!refused) throw;
    return std::nullopt;
  }
}

}  // namespace tidegate::engine::mongodb
