#include "preview/drop.hpp"

#include <fmt/format.h>

#include "app/pull_lock.hpp"
#include "base/duration.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/outcome.hpp"
#include "cli/terminal/question.hpp"
#include "engine/sign_in.hpp"
#include "model/metadata_json.hpp"
#include "preview/failure_record.hpp"

namespace tidegate::cli {
namespace {

std::string said(const preview::Dropped& dropped, const DropPlan& plan, Mode mode) {
  const auto& target = plan.target.text;
  if (mode == Mode::dry_run) return "dry run: nothing was written";
  const auto& database = dropped.database.text();
  switch (dropped.outcome) {
    case preview::DropOutcome::already_gone:
      return fmt::format("{} ({}) is already gone", target, database);
    case preview::DropOutcome::seeded:
      if (!plan.seed.by_application()) {
        return fmt::format("{} ({}) holds seed data", target, database);
      }
      return fmt::format("{} ({}) is empty, and marked for the application to seed", target,
                         database);
    case preview::DropOutcome::dropped:
      break;
  }
  return fmt::format("{} ({}) is dropped", target, database);
}

/// Errors that must not fail the caller of a drop with `--best-effort`: a lock keeps the database,
/// and a database whose user is gone is left for another user to drop.
bool stands_back(const Error& error) {
  return error.kind() == ErrorKind::locked || engine::is_sign_in(error);
}

int left(const CommandContext& session, const std::string& target, const Error& error) {
  if (session.json()) {
    session.result(
        nlohmann::ordered_json{{"target", target}, {"dropped", false}, {"left", error.message()}});
    return 0;
  }
  session.result(fmt::format("{} is left as it is: {}", target, error.message()));
  session.screen().note("  hint: 'tidegate sweep' lists what is left of closed pull requests");
  return 0;
}

int drop(CommandContext& session, const Invocation& invocation) {
  const auto& config = session.config();
  const auto address = config.address(invocation.arguments.front(), config::SnapshotWord::refused);
  const auto leave = config.switched_on("--seed") ? preview::Leave::seed : preview::Leave::nothing;
  const config::RecordedCommit recorded{config.given("--repository").value_or(""),
                                        config.given("--commit").value_or("")};
  const auto plan = config.drop_plan(address.database, *address.target, recorded);
  const Gate gate(plan.topology);
  const auto engine =
      session.services().engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  ask_before(session, *engine, gate, plan.target, "dropped");
  auto& run = session.start(plan.limits.timeout);

  const preview::FailureRecorder recorder(run, *engine, gate, plan.target, recorded.commit,
                                          session.parts().adapters.redactor);
  const auto dropped = preview::recording_failure(recorder, [&] {
    return preview::drop(run, *engine, gate, session.services().journal(), plan, leave,
                         session.services().wish(),
                         {app::require_unlocked_pull(session.services(), config, *engine,
                                                     plan.target, gate.database_of(plan.target))});
  });

  session.finish();
  if (!session.json()) {
    session.result(said(dropped, plan, session.mode()));
    return 0;
  }
  nlohmann::ordered_json document;
  document["target"] = plan.target.text;
  document["database"] = dropped.database.text();
  document["dropped"] = dropped.outcome != preview::DropOutcome::already_gone;
  document["seeded"] = dropped.outcome == preview::DropOutcome::seeded;
  document["elapsed_seconds"] = as_seconds(run.elapsed());
  document["run"] = run.id();
  if (session.dry_run()) document["dry_run"] = true;
  session.result(document);
  return 0;
}

int run_drop(CommandContext& session, const Invocation& invocation) {
  if (!invocation.has("--best-effort")) return drop(session, invocation);
  try {
    return drop(session, invocation);
  } catch (const Error& error) {
    if (!stands_back(error)) throw;
    session.finish();
    return left(session, invocation.arguments.front(), error);
  }
}

}  // namespace

Command drop_command() {
  return {
      .name = "drop",
      .arguments = "[DB/]TARGET",
      .least_arguments = 1,
      .most_arguments = 1,
      .summary = "drop a target; success when it is already gone",
      .details = k_target_argument,
      .flags = {{"--best-effort", FlagValue::none, "",
                 "for a hook that others wait for: success too when the target is locked, or when "
                 "the server does not know its user any more",
                 "--going"}},
      .examples =
          {{"tidegate drop pr-42", "the preview of pull request 42"},
           {"tidegate drop pr-42 --seed --commit 4be1c02",
            "leave it empty, marked for the application to seed; or seeded, as configured"}},
      .needs = Needs::file,
      .run = run_drop};
}

}  // namespace tidegate::cli
