#include "app/database_jobs.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/duration.hpp"
#include "snapshot/archive.hpp"
#include "snapshot/drill.hpp"
#include "snapshot/take.hpp"

namespace tidegate::app {
namespace {

using daemon::DatedSnapshot;

constexpr std::chrono::seconds k_server_limit{20};

std::unique_ptr<engine::Engine> connect(const Services& services, const SnapshotPlan& plan) {
  return services.engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
}

Error restored_wrong(const SnapshotPlan& plan, const snapshot::RestoreTestResult& drilled) {
  const auto& differences = drilled.report.differences;
  const auto& first = differences.front();
  return {ErrorKind::verification,
          fmt::format("'{}' restored is not what it should be: {}, the first: {} of '{}' is {}, "
                      "expected {}",
                      drilled.entry.name,
                      counted(static_cast<std::int64_t>(differences.size()), "difference"),
                      first.what, first.collection, first.found, first.expected),
          fmt::format("'tidegate verify {}/snapshot --restore' shows all", plan.name)};
}

/// The work for one database. Each run makes its own connections.
class DatabaseWork {
 public:
  DatabaseWork(Services& services, ServedDatabase served)
      : services_(services), served_(std::move(served)), journal_(services.journal()) {
    served_.plan.limits.retries = 0;  // the daemon's own tries take their place
  }

  std::vector<DatedSnapshot> snapshots(Run& run) const {
    return plan().archives ? in_archives(run) : in_database(run);
  }
  daemon::JobResult take_snapshot(Run& run) const {
    return plan().archives ? take_archive(run) : take_database(run);
  }
  /// Restore tests, as the existing archives record them; the last tested one may be deleted since.
  std::vector<DatedSnapshot> restore_tests(Run& run) const;
  daemon::JobResult test_restore(Run& run) const;

 private:
  const SnapshotPlan& plan() const { return served_.plan; }
  std::vector<archive::Entry> archives(Run& run) const {
    return services_.store(*plan().archives)->list(run, plan().name).archives;
  }
  std::vector<DatedSnapshot> in_database(Run& run) const;
  std::vector<DatedSnapshot> in_archives(Run& run) const;
  daemon::JobResult take_archive(Run& run) const;
  daemon::JobResult take_database(Run& run) const;

  Services& services_;
  ServedDatabase served_;
  journal::Journal& journal_;
};

/// A snapshot database is dated by our clock where the metadata has it, as archives are.
std::vector<DatedSnapshot> DatabaseWork::in_database(Run& run) const {
  const auto& database = *plan().topology.snapshot;
  const auto metadata = connect(services_, plan())->metadata(run, database);
  if (!metadata) return {};
  const bool has_start = metadata->started_at != SystemTime{};
  return {{database.text(), has_start ? metadata->started_at : metadata->timestamp}};
}

std::vector<DatedSnapshot> DatabaseWork::in_archives(Run& run) const {
  std::vector<DatedSnapshot> found;
  for (const auto& entry : archives(run)) found.push_back({entry.name, entry.taken});
  return found;
}

daemon::JobResult DatabaseWork::take_archive(Run& run) const {
  const auto engine = connect(services_, plan());
  const auto store = services_.store(*plan().archives);
  const auto taken = snapshot::take_archive(run, *engine, *store, journal_, plan());
  auto text = fmt::format("took '{}' ({}) in {}", taken.entry.name, to_text(taken.entry.size),
                          to_text(run.elapsed()));
  if (taken.retention_trouble.empty()) return text;
  return {std::move(text),
          fmt::format("not all archives that should go were removed: {}", taken.retention_trouble)};
}

daemon::JobResult DatabaseWork::take_database(Run& run) const {
  const auto engine = connect(services_, plan());
  const auto metadata = snapshot::take(run, *engine, Gate(plan().topology), journal_, plan());
  return fmt::format("took '{}' ({}) in {}", plan().topology.snapshot->text(),
                     counted(metadata.total_documents(), "document"), to_text(run.elapsed()));
}

std::vector<DatedSnapshot> DatabaseWork::restore_tests(Run& run) const {
  std::vector<DatedSnapshot> found;
  for (const auto& entry : archives(run)) {
    if (entry.drilled) found.push_back({entry.name, *entry.drilled});
  }
  return found;
}

daemon::JobResult DatabaseWork::test_restore(Run& run) const {
  const auto engine =
      services_.engine(plan().engine, *served_.drill_place, plan().copy.metadata_collection);
  const auto store = services_.store(*plan().archives);
  const auto drilled =
      snapshot::drill(run, *engine, *store, Gate(plan().topology), journal_, plan());
  if (!drilled.report.equal()) throw restored_wrong(plan(), drilled);
  return fmt::format("restored '{}' and found it equal in {}", drilled.entry.name,
                     to_text(run.elapsed()));
}

using SharedWork = std::shared_ptr<const DatabaseWork>;

daemon::Job snapshot_job(const ServedDatabase& served, const SharedWork& work) {
  daemon::Job job{.database = served.plan.name, .what = "snapshot", .schedule = *served.snapshot};
  job.on_start = served.on_start;
  job.time_limit = served.plan.limits.timeout;
  job.max_age = served.plan.max_age;
  job.known = [work](Run& run) { return work->snapshots(run); };
  job.take = [work](Run& run) { return work->take_snapshot(run); };
  return job;
}

daemon::Job restore_test_job(const ServedDatabase& served, const SharedWork& work) {
  daemon::Job job{.database = served.plan.name, .what = "drill", .schedule = *served.drill};
  job.insistence = daemon::RetryPolicy::while_it_may_help;
  job.time_limit = served.plan.limits.timeout;
  job.known = [work](Run& run) { return work->restore_tests(run); };
  job.take = [work](Run& run) { return work->test_restore(run); };
  return job;
}

/// Nothing where the daemon has no work for the database.
std::optional<ServedDatabase> read(const Services& services, const config::Config& config,
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
  connect(services, served.plan);
  if (served.drill) {
    served.drill_place = config.drill_place(name);
    services.engine(served.plan.engine, *served.drill_place, served.plan.copy.metadata_collection);
  }
  if (served.plan.archives) services.store(*served.plan.archives);
  return served;
}

Error all_of(const std::vector<Error>& problems) {
  if (problems.size() == 1) return problems.front();
  auto message = fmt::format("{} databases cannot be served", problems.size());
  for (const auto& problem : problems) message += "\n  " + problem.message();
  return Error(ErrorKind::config, message, problems.front().hint());
}

bool may_pass_by_itself(const Error& error) {
  return error.retryable() || error.kind() == ErrorKind::no_space;
}

}  // namespace

std::vector<ServedDatabase> served_databases(const Services& services,
                                             const config::Config& config) {
  std::vector<ServedDatabase> served;
  std::vector<Error> problems;
  for (const auto& name : config.database_names()) {
    try {
      if (auto one = read(services, config, name)) served.push_back(*std::move(one));
    } catch (const Error& error) {
      problems.push_back(error);
    }
  }
  if (!problems.empty()) throw all_of(problems);
  return served;
}

void check_places(const Services& services, Run& run, const std::vector<ServedDatabase>& served) {
  for (const auto& one : served) {
    if (!one.plan.archives) continue;
    try {
      const auto store = services.store(*one.plan.archives);
      store->check(run);
      // Files that another user has left there may be neither readable nor writable.
      store->list(run, one.plan.name);
      store->lock(run, one.plan.name, {});
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::conflict) continue;  // another run writes there now
      if (!may_pass_by_itself(error)) throw;
      services.log().warning(error.message(),
                             {{"database", one.plan.name}, {"hint", error.hint()}});
    }
  }
}

void warn_of_servers(const Services& services, const std::vector<ServedDatabase>& served) {
  const auto& adapters = services.adapters();
  SilentProgress silent;
  for (const auto& one : served) {
    try {
      Run run(adapters.run_id, adapters.clock, services.log(), silent, adapters.stop,
              k_server_limit);
      const auto can = connect(services, one.plan)->capabilities(run);
      services.log().info(fmt::format("'{}': {} {}", one.plan.name, can.product, can.version),
                          {{"database", one.plan.name}});
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) return;
      services.log().warning(
          fmt::format("'{}' cannot be reached now: {}", one.plan.name, error.message()),
          {{"database", one.plan.name}, {"hint", error.hint()}});
    }
  }
}

Jobs jobs_of(Services& services, const std::vector<ServedDatabase>& served) {
  Jobs jobs;
  for (const auto& one : served) {
    const auto work = std::make_shared<const DatabaseWork>(services, one);
    auto& of_it = jobs[one.plan.name];
    if (one.snapshot) of_it.push_back(snapshot_job(one, work));
    if (one.drill) of_it.push_back(restore_test_job(one, work));
  }
  return jobs;
}

}  // namespace tidegate::app
