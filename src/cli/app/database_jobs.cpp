#include "cli/app/database_jobs.hpp"

#include <fmt/format.h>

#include "base/duration.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/terminal/text.hpp"
#include "snapshot/archive.hpp"
#include "snapshot/drill.hpp"
#include "snapshot/take.hpp"

namespace tidegate::cli {
namespace {

using daemon::DatedSnapshot;

constexpr std::chrono::seconds k_server_limit{20};

std::unique_ptr<engine::Engine> connect(const CommandContext& session, const SnapshotPlan& plan) {
  return session.engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
}

std::unique_ptr<archive::Store> open(const CommandContext& session, const SnapshotPlan& plan) {
  return session.store(*plan.archives);
}

/// A snapshot database is dated by our clock where the metadata has it, as archives are.
std::vector<DatedSnapshot> in_database(const CommandContext& session, Run& run,
                                       const SnapshotPlan& plan) {
  const auto& database = *plan.topology.snapshot;
  const auto metadata = connect(session, plan)->metadata(run, database);
  if (!metadata) return {};
  const bool has_start = metadata->started_at != SystemTime{};
  return {{database.text(), has_start ? metadata->started_at : metadata->timestamp}};
}

std::vector<DatedSnapshot> in_archives(const CommandContext& session, Run& run,
                                       const SnapshotPlan& plan) {
  std::vector<DatedSnapshot> found;
  for (const auto& entry : open(session, plan)->list(run, plan.name).archives) {
    found.push_back({entry.name, entry.taken});
  }
  return found;
}

daemon::JobResult take_archive(const CommandContext& session, Run& run, journal::Journal& journal,
                               const SnapshotPlan& plan) {
  const auto engine = connect(session, plan);
  const auto store = open(session, plan);
  const auto taken = snapshot::take_archive(run, *engine, *store, journal, plan);
  auto text = fmt::format("took '{}' ({}) in {}", taken.entry.name, to_text(taken.entry.size),
                          to_text(run.elapsed()));
  if (taken.retention_trouble.empty()) return text;
  return {std::move(text),
          fmt::format("not all archives that should go were removed: {}", taken.retention_trouble)};
}

daemon::JobResult take_database(const CommandContext& session, Run& run, journal::Journal& journal,
                                const SnapshotPlan& plan) {
  const auto engine = connect(session, plan);
  const auto metadata = snapshot::take(run, *engine, Gate(plan.topology), journal, plan);
  return fmt::format("took '{}' ({}) in {}", plan.topology.snapshot->text(),
                     counted(metadata.total_documents(), "document"), to_text(run.elapsed()));
}

daemon::JobResult drill_archive(const CommandContext& session, Run& run, journal::Journal& journal,
                                const SnapshotPlan& plan, const Endpoint& place) {
  const auto engine = session.engine(plan.engine, place, plan.copy.metadata_collection);
  const auto store = open(session, plan);
  const auto drilled = snapshot::drill(run, *engine, *store, Gate(plan.topology), journal, plan);
  if (!drilled.report.equal()) {
    const auto& first = drilled.report.differences.front();
    throw Error(ErrorKind::verification,
                fmt::format("'{}' restored is not what it should be: {}, the first: {} of '{}' is "
                            "{}, expected {}",
                            drilled.entry.name,
                            counted(static_cast<std::int64_t>(drilled.report.differences.size()),
                                    "difference"),
                            first.what, first.collection, first.found, first.expected),
                fmt::format("'tidegate verify {}/snapshot --restore' shows all", plan.name));
  }
  return fmt::format("restored '{}' and found it equal in {}", drilled.entry.name,
                     to_text(run.elapsed()));
}

daemon::Job snapshot_job(CommandContext& session, const ServedDatabase& served) {
  auto plan = served.plan;
  plan.limits.retries = 0;  // the daemon's own tries take their place
  auto* journal = &session.journal();
  const bool archives = plan.archives.has_value();
  daemon::Job job{.database = plan.name, .what = "snapshot", .schedule = *served.snapshot};
  job.on_start = served.on_start;
  job.time_limit = plan.limits.timeout;
  job.max_age = plan.max_age;
  job.known = [&session, plan, archives](Run& run) {
    return archives ? in_archives(session, run, plan) : in_database(session, run, plan);
  };
  job.take = [&session, plan, archives, journal](Run& run) {
    return archives ? take_archive(session, run, *journal, plan)
                    : take_database(session, run, *journal, plan);
  };
  return job;
}

/// Restore tests, as the existing archives record them; the last tested one may be deleted since.
std::vector<DatedSnapshot> drills(const CommandContext& session, Run& run,
                                  const SnapshotPlan& plan) {
  std::vector<DatedSnapshot> found;
  for (const auto& entry : open(session, plan)->list(run, plan.name).archives) {
    if (entry.drilled) found.push_back({entry.name, *entry.drilled});
  }
  return found;
}

daemon::Job drill_job(CommandContext& session, const ServedDatabase& served) {
  auto* journal = &session.journal();
  daemon::Job job{.database = served.plan.name, .what = "drill", .schedule = *served.drill};
  job.insistence = daemon::RetryPolicy::while_it_may_help;
  job.time_limit = served.plan.limits.timeout;
  job.known = [&session, plan = served.plan](Run& run) { return drills(session, run, plan); };
  job.take = [&session, plan = served.plan, place = *served.drill_place, journal](Run& run) {
    return drill_archive(session, run, *journal, plan, place);
  };
  return job;
}

/// Nothing where the daemon has no work for the database.
std::optional<ServedDatabase> read(const CommandContext& session, const config::Config& config,
                                   const std::string& name) {
  if (!config.enabled(name)) return std::nullopt;
  auto snapshot = config.schedule(name);
  auto drill = config.drill(name);
  if (!snapshot && !drill) return std::nullopt;
  ServedDatabase served{config.snapshot_plan(name), std::move(snapshot), std::move(drill),
                        config.on_start(name)};
  if (served.drill && !served.plan.archives) {
    throw Error(ErrorKind::config,
                fmt::format("'databases.{}.snapshot.drill' is for archives, and its snapshot is a "
                            "database",
                            name),
                "leave it out");
  }
  connect(session, served.plan);
  if (served.drill) {
    served.drill_place = config.drill_place(name);
    session.engine(served.plan.engine, *served.drill_place, served.plan.copy.metadata_collection);
  }
  if (served.plan.archives) open(session, served.plan);
  return served;
}

Error all_of(const std::vector<Error>& problems) {
  if (problems.size() == 1) return problems.front();
  auto message = fmt::format("{} databases cannot be served", problems.size());
  for (const auto& problem : problems) message += "\n  " + problem.message();
  return Error(ErrorKind::config, message, problems.front().hint());
}

bool may_mend_itself(const Error& error) {
  return error.retryable() || error.kind() == ErrorKind::no_space;
}

}  // namespace

std::vector<ServedDatabase> served_databases(const CommandContext& session,
                                             const config::Config& config) {
  std::vector<ServedDatabase> served;
  std::vector<Error> problems;
  for (const auto& name : config.database_names()) {
    try {
      if (auto one = read(session, config, name)) served.push_back(*std::move(one));
    } catch (const Error& error) {
      problems.push_back(error);
    }
  }
  if (!problems.empty()) throw all_of(problems);
  return served;
}

void check_places(const CommandContext& session, Run& run,
                  const std::vector<ServedDatabase>& served) {
  for (const auto& one : served) {
    if (!one.plan.archives) continue;
    try {
      const auto store = open(session, one.plan);
      store->check(run);
      // Files that another user has left there may be neither readable nor writable.
      store->list(run, one.plan.name);
      store->lock(run, one.plan.name, {});
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::conflict) continue;  // another run writes there now
      if (!may_mend_itself(error)) throw;
      session.log().warning(error.message(), {{"database", one.plan.name}, {"hint", error.hint()}});
    }
  }
}

void warn_of_servers(const CommandContext& session, const std::vector<ServedDatabase>& served) {
  const auto& parts = session.parts();
  SilentProgress silent;
  for (const auto& one : served) {
    try {
      Run run(parts.run_id, parts.clock, session.log(), silent, parts.stop, k_server_limit);
      const auto can = connect(session, one.plan)->capabilities(run);
      session.log().info(fmt::format("'{}': {} {}", one.plan.name, can.product, can.version),
                         {{"database", one.plan.name}});
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) return;
      session.log().warning(
          fmt::format("'{}' cannot be reached now: {}", one.plan.name, error.message()),
          {{"database", one.plan.name}, {"hint", error.hint()}});
    }
  }
}

Jobs jobs_of(CommandContext& session, const std::vector<ServedDatabase>& served) {
  Jobs jobs;
  for (const auto& one : served) {
    auto& of_it = jobs[one.plan.name];
    if (one.snapshot) of_it.push_back(snapshot_job(session, one));
    if (one.drill) of_it.push_back(drill_job(session, one));
  }
  return jobs;
}

}  // namespace tidegate::cli
