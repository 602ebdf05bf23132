#include <fmt/format.h>

#include "cli/commands/command_context.hpp"
#include "cli/commands/status_check.hpp"
#include "cli/commands/status_text.hpp"
#include "cli/commands/table.hpp"
#include "preview/state.hpp"

namespace tidegate::cli {
namespace {

constexpr int k_runs_shown = 20;

preview::StatePlan plan_of(const CommandContext& session, const config::Address& address,
                           const Topology& topology) {
  const auto& config = session.config();
  const auto& name = address.database;
  const auto collection = config.copy_settings(name).metadata_collection;
  const auto engine = config.engine(name);
  preview::StatePlan plan{
      .name = name,
      .engine = engine,
      .topology = topology,
      .max_age = config.max_age(name),
      .snapshot = session.services().connect(engine, config.try_snapshot(name), collection),
      .previews = {},
      .targets = {},
      .only = address.target,
  };
  if (address.target && address.target->number) {
    plan.previews =
        session.services().connect(engine, config.try_target(name, *address.target), collection);
  } else if (config.has_previews(name)) {
    plan.previews = session.services().connect(engine, config.try_previews(name), collection);
  }
  for (const auto& target : config.target_names(name)) {
    plan.targets[target] = session.services().connect(
        engine, config.try_target(name, TargetName{target, std::nullopt}), collection);
  }
  if (const auto archives = config.archives(name)) {
    plan.archives = [&session, archives] { return session.services().store(*archives); };
  }
  if (address.snapshot) plan.only = TargetName{"snapshot", std::nullopt};
  return plan;
}

StatusPart look_at(const CommandContext& session, Run& run, const config::Address& address) {
  const auto& config = session.config();
  StatusPart part;
  part.with_snapshot = !address.target;
  part.with_targets = !address.snapshot;
  part.state.name = address.database;
  part.state.engine = config.engine(address.database);
  const auto schedule = config.schedule(address.database);
  if (schedule && config.enabled(address.database)) {
    part.next = schedule->next_after(run.clock().now());
  }
  const auto topology = config.try_topology(address.database);
  if (!topology.value) {
    part.state.snapshot.unproven = topology.missing->message();
    return part;
  }
  if (address.target) Gate(*topology.value).database_of(*address.target);
  part.state = preview::state(run, plan_of(session, address, *topology.value));
  return part;
}

int show_runs(CommandContext& session, int count) {
  if (!session.services().journal_file()) {
    throw Error(ErrorKind::config, "no journal is configured: the record of runs is the log",
                "name a file with 'journal: /var/lib/tidegate/journal.db' in the configuration, "
                "TIDEGATE_JOURNAL or --journal");
  }
  const auto runs = session.services().journal().recent(count);
  if (session.json()) {
    session.result(runs_json(runs));
  } else if (runs.empty()) {
    session.result("no runs are recorded yet");
  } else {
    for (const auto& line : runs_lines(runs)) session.result(line);
  }
  return 0;
}

int run_status(CommandContext& session, const Invocation& invocation) {
  if (invocation.has("--check")) return check_daemon(session, invocation);
  if (const auto runs = invocation.value("--runs")) {
    return show_runs(session, *runs == "true" ? k_runs_shown : std::stoi(*runs));
  }
  const auto scope = session.config().scope(
      invocation.arguments.empty() ? std::optional<std::string>()
                                   : std::optional<std::string>(invocation.arguments.front()));
  auto& run = session.start(session.config().timeout(), CommandContext::Speech::quiet);
  std::vector<StatusPart> parts;
  for (const auto& address : scope) parts.push_back(look_at(session, run, address));
  session.finish();
  if (session.json()) {
    nlohmann::ordered_json document;
    document["databases"] = nlohmann::ordered_json::array();
    for (const auto& part : parts) document["databases"].push_back(status_json(part));
    session.result(document);
    return 0;
  }
  for (const auto& part : parts) {
    for (const auto& line : status_lines(part, session.screen().out().look)) session.result(line);
  }
  return 0;
}

}  // namespace

Command status_command() {
  return {
      .name = "status",
      .arguments = "[DB[/TARGET]]",
      .most_arguments = 1,
      .summary = "the snapshot and everything filled from it: age, source, locks, staleness",
      .details =
          "Writes nothing. Facts that cannot be read (a variable is not set, a server does "
          "not answer) are shown as unproven. TARGET may also be the word snapshot.",
      .flags = {{"--runs", FlagValue::optional, "N",
                 "show the last N runs (20) that the journal has recorded"},
                {"--check", FlagValue::none, "",
                 "ask the daemon on this machine how it does: one line, exit code 0 when all is "
                 "well; for the health check of a container"}},
      .examples = {{"tidegate status", "everything"},
                   {"tidegate status syrf/pr-42 --json", "one target, for a script"},
                   {"tidegate status --runs 5", "what ran lately"},
                   {"tidegate status --check", "is the daemon well?"}},
      .needs = Needs::file,
      .run = run_status};
}

}  // namespace tidegate::cli
