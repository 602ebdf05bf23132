#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"

namespace tidegate::cli {
namespace {

int run_version(CommandContext& session, const Invocation&) {
  if (session.json()) {
    session.result(nlohmann::ordered_json{{"name", "tidegate"}, {"version", TIDEGATE_VERSION}});
  } else {
    session.result(std::string("tidegate ") + TIDEGATE_VERSION);
  }
  return 0;
}

}  // namespace

Command version_command() {
  return {.name = "version",
          .arguments = "",
          .summary = "the version",
          .details = "",
          .run = run_version};
}

}  // namespace tidegate::cli
