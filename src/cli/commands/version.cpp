#include "cli/commands/command_context.hpp"

namespace tidegate::cli {

int run_version(CommandContext& session, const Invocation&) {
  if (session.json()) {
    session.result(nlohmann::ordered_json{{"name", "tidegate"}, {"version", TIDEGATE_VERSION}});
  } else {
    session.result(std::string("tidegate ") + TIDEGATE_VERSION);
  }
  return 0;
}

}  // namespace tidegate::cli
