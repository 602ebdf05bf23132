#include "cli/app/pull_lock.hpp"

#include <fmt/format.h>

#include "cli/app/database_previews.hpp"
#include "cli/commands/command_context.hpp"

namespace tidegate::cli {
namespace {

bool protects_something(Run& run, engine::Engine& engine, const DatabaseName& database) {
  const auto found = engine.inspect(run, database);
  return found.exists && !found.abandoned;
}

Error labelled(PullNumber number, const std::string& label) {
  return {
      ErrorKind::locked,
      fmt::format("pull request {} has the label '{}'; nothing was changed", number.value(), label),
      fmt::format("remove '{}' from the pull request first", label)};
}

}  // namespace

preview::RequireUnchanged as_the_code_host_has_it(const CommandContext& session,
                                                  engine::Engine& engine, const TargetName& target,
                                                  const DatabaseName& database) {
  if (!target.number || !session.config().try_forge_plan().value) return {};
  const std::shared_ptr<forge::Forge> forge = forge_of(session, session.config());
  const auto label = session.config().pull_policy().labels.lock;
  return [forge, &engine, number = *target.number, database, label](Run& run) {
    if (!protects_something(run, engine, database)) return;
    PullRequest pull{number};
    try {
      pull = forge->pull_request(run, number);
    } catch (const Error& error) {
      run.check();
      throw preview::lock_in_doubt(number, error);
    }
    if (has_label(pull.labels, label)) throw labelled(number, label);
  };
}

}  // namespace tidegate::cli
