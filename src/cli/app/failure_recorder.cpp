#include "cli/app/failure_recorder.hpp"

#include "cli/commands/command_context.hpp"

namespace tidegate::cli {

preview::FailureRecorder failure_recorder(const CommandContext& session, Run& run,
                                          engine::Engine& engine, const Gate& gate,
                                          const TargetName& target) {
  const auto& redactor = session.parts().redactor;
  return {run,
          engine,
          gate,
          target,
          session.config().given("--commit").value_or(""),
          [&redactor](const std::string& words) { return redactor.clean(words); }};
}

}  // namespace tidegate::cli
