#include "engine/postgresql/archive/load.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "engine/postgresql/archive/restore.hpp"
#include "engine/postgresql/copy/row_streams.hpp"
#include "engine/postgresql/copy/sequences.hpp"
#include "engine/postgresql/driver/options.hpp"
#include "engine/postgresql/driver/running.hpp"

namespace tidegate::engine::postgresql {
namespace {

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw Error(ErrorKind::remote, fmt::format("cannot create a pipe: {}", std::strerror(errno)));
    }
  }
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int out() const { return ends_[0]; }
  int in() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

void give_to(Run& run, SqlSession& session, const LoadTarget& filling) {
  if (filling.owner.empty()) return;
  session.tell(run,
               fmt::format("ALTER DATABASE {} OWNER TO {}", session.name(filling.into.text()),
                           session.name(filling.owner)),
               fmt::format("membership in '{}'", filling.owner));
}

/// Since version 15 pg_dump writes the grants on schema public as changes to those that a database
/// of version 15 has, whatever server it reads. An older server's new database lets everyone create
/// objects there.
void begin_as_dumped(Run& run, SqlSession& session, const PreparedCopy& prepared) {
  constexpr int k_closed_since = 15;
  if (!prepared.superuser || prepared.dump_major < k_closed_since ||
      session.version() >= k_closed_since * 10'000) {
    return;
  }
  session.tell(run, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
}

Conninfo where_to(Run& run, const SqlSession& session, const Server& server,
                  const DatabaseName& database, const std::vector<Setting>& settings) {
  return with_settings(session.reached(server.conninfo())
                           .with_database(database)
                           .with("application_name", fmt::format("tidegate/{}", run.id())),
                       settings);
}

/// Production's sessions wrote the rows under these settings, so the sessions that load them use
/// the same.
std::vector<Setting> settings_for_load(Run& run, SqlSession& session, const LoadTarget& filling) {
  auto settings = filling.writing;
  const auto own = overrides(run, session, SessionUse::load);
  settings.insert(settings.end(), own.begin(), own.end());
  return settings;
}

// A program that fails because the other end of its pipe is closed is not the cause.
[[noreturn]] void throw_cause(const std::vector<ProgramExit>& ended) {
  for (const auto& each : ended) {
    const bool ended_by_us = each.exit.signal == SIGTERM || each.exit.signal == SIGPIPE;
    if (each.ok() || ended_by_us || blames_its_pipe(each.complaints)) continue;
    if (each.complaints.errors().empty() && each.exit.signal == 0) continue;
    throw translate(each.complaints, each.how());
  }
  for (const auto& each : ended) {
    if (!each.ok()) throw translate(each.complaints, each.how());
  }
  throw Error(ErrorKind::internal, "no program has failed");
}

/// Copies large objects through pg_dump and pg_restore.
void pipe_large_objects(Run& run, const Conninfo& from, const Conninfo& to,
                        const DumpOptions& dumping, const PreparedCopy& prepared,
                        const LoadTarget& filling, int version) {
  const ServiceFile source(from), target(to);
  std::vector<ProgramCall> calls(2);
  calls[0].program = prepared.programs.pg_dump;
  calls[0].arguments = dump_arguments(prepared.programs, dumping);
  calls[0].where = &source;
  LoadOptions loading;
  loading.role = prepared.superuser ? std::string() : filling.owner;
  loading.owners = false;
  calls[1].program = prepared.programs.pg_restore;
  calls[1].where = &target;
  allow_for_age(prepared.programs, version, loading, calls[1]);
  calls[1].arguments = load_arguments(loading);
  auto between = std::make_unique<Pipe>();
  calls[0].out = ChildStream::descriptor(between->in());
  calls[1].in = ChildStream::descriptor(between->out());
  WaitCallbacks meanwhile;
  meanwhile.started = [&] { between.reset(); };
  meanwhile.line = [&](std::string_view line) { hear_load(run, line); };
  const auto ended = run_together(run, calls, meanwhile);
  const bool well =
      std::all_of(ended.begin(), ended.end(), [](const ProgramExit& each) { return each.ok(); });
  if (!well) throw_cause(ended);
  for (const auto& each : ended) log_warnings(run, each.complaints);
}

/// Copies the rows of production that are not in the users' own tables.
struct RestOfRows {
  const DatabaseName& from;
  const Conninfo& to;
  const std::string& role;
};

void fill_the_rest(Run& run, Server& server, ExportedSnapshot& moment, const RestOfRows& rest,
                   const PreparedCopy& prepared, const LoadTarget& filling, SqlSession& session,
                   const std::vector<Relation>& taken) {
  const bool large = std::any_of(taken.begin(), taken.end(),
                                 [](const Relation& each) { return each.kind == 'L'; });
  if (large) {
    DumpOptions dumping;
    dumping.snapshot = moment.id();
    dumping.without_tables_rows = true;
    dumping.sections = {"data"};
    const auto source = where_to(run, moment.session(), server, rest.from,
                                 settings_for_dump(run, moment.session(), filling.writing));
    pipe_large_objects(run, source, rest.to, dumping, prepared, filling, session.version());
  }
  const auto positions = sequence_positions(moment.session(), run, prepared.left_out);
  if (!rest.role.empty()) session.tell(run, "SET ROLE " + session.name(rest.role));
  copy_extension_tables(run, moment.session(), session, prepared.extension_tables);
  set_sequences(session, run, positions);
  if (!rest.role.empty()) session.tell(run, "RESET ROLE");
}

}  // namespace

void load(Run& run, Server& server, const std::filesystem::path& archive,
          const PreparedCopy& prepared, const LoadTarget& filling) {
  auto session = server.open(run, filling.into);
  begin_as_dumped(run, session, prepared);
  give_to(run, session, filling);
  Restore restore(
      run, session, prepared, filling,
      where_to(run, session, server, filling.into, settings_for_load(run, session, filling)));
  restore.from(archive);
  restore.before_rows();
  restore.rows_and_after();
  restore.finish();
}

std::vector<Checksum> fill(Run& run, Server& server, ExportedSnapshot& moment,
                           const DatabaseName& from, const PreparedCopy& prepared,
                           const LoadTarget& filling, const std::vector<Relation>& taken) {
  auto session = server.open(run, filling.into);
  begin_as_dumped(run, session, prepared);
  give_to(run, session, filling);
  const auto to =
      where_to(run, session, server, filling.into, settings_for_load(run, session, filling));
  Restore restore(run, session, prepared, filling, to);
  restore.from(*prepared.schema);
  restore.before_rows();
  const auto role = prepared.superuser ? std::string() : filling.owner;
  auto sums = copy_rows(run, server, moment,
                        {filling.into, role, filling.writing, filling.parallel}, taken);
  fill_the_rest(run, server, moment, {from, to, role}, prepared, filling, session, taken);
  restore.after_rows();
  restore.finish();
  return sums;
}

}  // namespace tidegate::engine::postgresql
