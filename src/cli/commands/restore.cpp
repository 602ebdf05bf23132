#include <fmt/format.h>

#include "app/pull_lock.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/outcome.hpp"
#include "cli/terminal/question.hpp"
#include "preview/failure_record.hpp"
#include "preview/fill.hpp"

namespace tidegate::cli {
namespace {

int run_restore(CommandContext& session, const Invocation& invocation) {
  const auto& config = session.config();
  const auto address = config.address(invocation.arguments.front(), config::SnapshotWord::refused);
  const config::RecordedCommit recorded{config.given("--repository").value_or(""),
                                        config.given("--commit").value_or("")};
  const auto plan = config.restore_plan(address.database, *address.target, recorded);
  const Gate gate(plan.topology);
  const auto engine =
      session.services().engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  ask_before(session, *engine, gate, plan.target, "replaced");
  const auto store = plan.archives ? session.services().store(*plan.archives) : nullptr;
  const auto source =
      store ? preview::from_archive(*store, plan) : preview::from_database(*engine, plan);
  auto& run = session.start(plan.limits.timeout);

  const preview::FailureRecorder recorder(run, *engine, gate, plan.target, recorded.commit,
                                          session.parts().adapters.redactor);
  const auto metadata = preview::recording_failure(recorder, [&] {
    return preview::fill(run, *engine, *source, gate, session.services().journal(), plan,
                         session.services().wish(),
                         {app::require_unlocked_pull(session.services(), config, *engine,
                                                     plan.target, gate.database_of(plan.target))});
  });

  session.finish();
  if (session.json()) {
    session.result(outcome_json(metadata, run.elapsed(), session.mode()));
  } else if (session.dry_run()) {
    session.result("dry run: nothing was written");
  } else {
    session.result(outcome_line(plan.target.text, metadata, run.elapsed()));
  }
  return 0;
}

}  // namespace

Command restore_command() {
  return {
      .name = "restore",
      .arguments = "[DB/]TARGET",
      .least_arguments = 1,
      .most_arguments = 1,
      .summary = "fill a target from the snapshot",
      .details = k_target_argument,
      .examples = {{"tidegate restore pr-42 --commit 4be1c02", "the preview of pull request 42"},
                   {"tidegate restore syrf/staging --yes", "a named target, without asking"}},
      .needs = Needs::file,
      .run = run_restore};
}

}  // namespace tidegate::cli
