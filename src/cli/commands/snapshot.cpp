#include <fmt/format.h>

#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/outcome.hpp"
#include "snapshot/archive.hpp"
#include "snapshot/take.hpp"

namespace tidegate::cli {
namespace {

/// Prints for each archive whether it is kept or deleted, and why.
void show(const CommandContext& session,
          const std::vector<snapshot::RetentionDecision>& sentences) {
  if (session.json()) {
    nlohmann::ordered_json document;
    document["archives"] = sentences_json(sentences);
    return session.result(document);
  }
  if (sentences.empty()) return session.result("no archives yet");
  for (const auto& line : sentence_lines(sentences)) session.result(line);
}

void explain(CommandContext& session, const SnapshotPlan& plan) {
  if (!plan.archives) {
    throw Error(ErrorKind::usage,
                fmt::format("'--explain' is about archives, and the snapshot of '{}' is a database",
                            plan.name),
                "leave it out");
  }
  const auto store = session.services().store(*plan.archives);
  auto& run = session.start(plan.limits.timeout, CommandContext::Speech::quiet);
  const auto sentences = snapshot::explain_retention(run, *store, plan);
  session.finish();
  show(session, sentences);
}

void show(const CommandContext& session, const Metadata& metadata, const Run& run) {
  if (session.json()) {
    session.result(outcome_json(metadata, run.elapsed(), session.mode()));
  } else if (session.dry_run()) {
    session.result("dry run: nothing was written");
  } else {
    session.result(outcome_line("snapshot", metadata, run.elapsed()));
  }
}

void show(const CommandContext& session, const snapshot::ArchiveTaken& taken, const Run& run) {
  if (session.dry_run()) return show(session, taken.entry.metadata, run);
  if (session.json()) return session.result(archive_json(taken, run.elapsed()));
  session.result(archive_line(taken.entry, run.elapsed()));
}

int run_snapshot(CommandContext& session, const Invocation& invocation) {
  const auto given = invocation.arguments.empty()
                         ? std::optional<std::string>()
                         : std::optional<std::string>(invocation.arguments.front());
  const auto plan = session.config().snapshot_plan(session.config().one_database(given));
  if (invocation.has("--explain")) {
    explain(session, plan);
    return 0;
  }
  const Gate gate(plan.topology);
  const auto engine =
      session.services().engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  const auto store = plan.archives ? session.services().store(*plan.archives) : nullptr;
  auto& run = session.start(plan.limits.timeout);

  if (store) {
    const auto taken = snapshot::take_archive(run, *engine, *store, session.services().journal(),
                                              plan, session.services().wish());
    session.finish();
    show(session, taken, run);
  } else {
    const auto metadata = snapshot::take(run, *engine, gate, session.services().journal(), plan,
                                         session.services().wish());
    session.finish();
    show(session, metadata, run);
  }
  return 0;
}

}  // namespace

Command snapshot_command() {
  return {.name = "snapshot",
          .arguments = "[DB]",
          .most_arguments = 1,
          .summary = "take a verified snapshot of production",
          .details =
              "Copies on the server under temporary names, verifies, then publishes in one "
              "step. On any failure the previous snapshot is still the published one. "
              "Production is only read. Where snapshots are archives, one appears when it is "
              "whole, and only then old ones go; --explain says which would, and why.",
          .flags = {{"--explain", FlagValue::none, "",
                     "say which archives stay and which go, and why; take none, remove none"}},
          .examples = {{"tidegate snapshot", "of the only database of the file"},
                       {"tidegate snapshot syrf --dry-run", "say each step, write nothing"},
                       {"tidegate snapshot syrf --wait 10m", "wait for another run to end first"}},
          .needs = Needs::file,
          .run = run_snapshot};
}

}  // namespace tidegate::cli
