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
#include <set>

#include "engine/postgresql/archive/dump.hpp"
#include "engine/postgresql/driver/memory_file.hpp"
#include "engine/postgresql/driver/options.hpp"
#include "engine/postgresql/driver/programs.hpp"
#include "engine/postgresql/driver/running.hpp"

namespace tidegate::engine::postgresql {
namespace {

// pg_restore sets this at the beginning of each session, and servers before 17 do not know it.
constexpr auto k_unknown_setting = "unrecognized configuration parameter \"transaction_timeout\"";
constexpr int k_setting_since = 17;

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
      throw Error(ErrorKind::remote, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
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

void say(Run& run, const RolePlan& plan) {
  for (const auto& text : plan.said) run.progress().step(Mark::warning, "roles", text);
}

void give_to(Run& run, SqlSession& session, const LoadTarget& filling) {
  if (filling.owner.empty()) return;
  session.tell(run,
               fmt::format("ALTER DATABASE {} OWNER TO {}", session.name(filling.into.text()),
                           session.name(filling.owner)),
               fmt::format("membership in '{}'", filling.owner));
}

// A server before 17 refuses a setting of newer programs in each session.
void allow_for_age(const Programs& programs, int server_version, LoadOptions& options,
                   ProgramCall& call) {
  if (programs.version.major < k_setting_since || server_version >= k_setting_since * 10'000) {
    return;
  }
  options.exit_on_error = false;
  call.harmless = k_unknown_setting;
}

std::vector<ScriptEntry> script_of(Run& run, const Programs& programs,
                                   const std::filesystem::path& archive) {
  ProgramCall call;
  call.program = programs.pg_restore;
  call.arguments = {"--schema-only", "--verbose", "--file=-", archive.string()};
  call.out = ChildStream::pipe();
  return read_script(run_program(run, call).out);
}

std::set<std::string> roles_in(const std::vector<ScriptEntry>& entries) {
  std::set<std::string> names;
  for (const auto& entry : entries) {
    if (!entry.owner.empty()) names.insert(entry.owner);
    names.insert(entry.others.begin(), entry.others.end());
  }
  return names;
}

std::string list_text(const std::vector<Entry>& entries, const std::set<int>& left_out) {
  std::string text;
  for (const auto& entry : entries) {
    if (left_out.count(entry.id) == 0) text += entry.line + "\n";
  }
  return text;
}

// Reports what pg_restore is at; its lines name no numbers of rows.
void hear(Run& run, std::string_view line) {
  constexpr std::string_view k_begins = "processing data for table \"";
  const auto at = line.find(k_begins);
  if (at == std::string_view::npos) return;
  const auto name = line.substr(at + k_begins.size());
  run.log().debug("loading",
                  {{"run", run.id()}, {"table", std::string(name.substr(0, name.rfind('"')))}});
}

Conninfo where_to(Run& run, const SqlSession& session, const Server& server,
                  const DatabaseName& database, const std::vector<Setting>& settings) {
  return with_settings(session.reached(server.conninfo())
                           .with_database(database)
                           .with("application_name", fmt::format("tidegate/{}", run.id())),
                       settings);
}

/// Production's sessions wrote the rows under these, so the sessions that load them have them too.
std::vector<Setting> settings_for_load(Run& run, SqlSession& session, const LoadTarget& filling) {
  auto settings = filling.writing;
  const auto own = overrides(run, session, SessionUse::load);
  settings.insert(settings.end(), own.begin(), own.end());
  return settings;
}

// Whoever fails because the other end of the pipe is gone is not the cause.
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

}  // namespace

CopyRules load(Run& run, Server& server, const std::filesystem::path& archive,
               const LoadTarget& filling) {
  const auto programs = find_programs(run);
  const int version = server.version(run);
  require_as_new_as(programs, version);
  const auto entries = list_archive(run, programs, archive);
  const auto script = script_of(run, programs, archive);
  auto session = server.open(run, filling.into);
  const auto plan = plan_roles(script, look_up(run, session, roles_in(script)), filling.owner);
  say(run, plan);
  give_to(run, session, filling);

  const ServiceFile service(
      where_to(run, session, server, filling.into, settings_for_load(run, session, filling)));
  const MemoryFile list("tidegate-list", list_text(entries, plan.left_out));
  LoadOptions options{archive,         MemoryFile::path_for_child(1),
                      filling.owner,   plan.owners,
                      plan.privileges, true,
                      filling.parallel};
  ProgramCall call;
  allow_for_age(programs, version, options, call);
  call.program = programs.pg_restore;
  call.arguments = load_arguments(options);
  call.where = &service;
  call.descriptors = {list.descriptor()};
  WaitCallbacks meanwhile;
  meanwhile.line = [&](std::string_view line) { hear(run, line); };
  run_program(run, call, meanwhile);
  return rules_of(run, session, plan, filling);
}

RolePlan plan_pipe(Run& run, ExportedSnapshot& moment, const LoadTarget& filling) {
  auto plan = plan_roles(run, moment.session(), filling.owner);
  say(run, plan);
  return plan;
}

CopyRules rules_of(Run& run, SqlSession& session, const RolePlan& plan, const LoadTarget& filling) {
  CopyRules rules;
  rules.owners.kept = plan.owners;
  rules.owners.owner =
      filling.owner.empty() ? session.ask(run, "SELECT current_user").text(0, 0) : filling.owner;
  rules.exceptions = plan.exceptions;
  rules.exceptions.push_back({"USER MAPPING", {}, {}, {}});
  return rules;
}

void pipe(Run& run, Server& server, ExportedSnapshot& moment, const DatabaseName& from,
          const std::vector<Relation>& left_out, const LoadTarget& filling, const RolePlan& plan) {
  const auto programs = find_programs(run);
  const int version = server.version(run);
  require_as_new_as(programs, version);
  require_self_contained(run, moment.session(), left_out);
  auto session = server.open(run, filling.into);
  give_to(run, session, filling);

  const ServiceFile source(where_to(run, moment.session(), server, from,
                                    settings_for_dump(run, moment.session(), filling.writing)));
  const ServiceFile target(
      where_to(run, session, server, filling.into, settings_for_load(run, session, filling)));
  std::vector<ProgramCall> calls(2);
  DumpOptions dumping;
  dumping.snapshot = moment.id();
  dumping.left_out = left_out;
  calls[0].program = programs.pg_dump;
  calls[0].arguments = dump_arguments(programs, dumping);
  calls[0].where = &source;
  LoadOptions loading;
  loading.role = filling.owner;
  loading.owners = plan.owners;
  loading.privileges = plan.privileges;
  allow_for_age(programs, version, loading, calls[1]);
  calls[1].program = programs.pg_restore;
  calls[1].arguments = load_arguments(loading);
  calls[1].where = &target;
  std::vector<ProgramExit> ended;
  {
    auto between = std::make_unique<Pipe>();
    calls[0].out = ChildStream::descriptor(between->in());
    calls[1].in = ChildStream::descriptor(between->out());
    WaitCallbacks meanwhile;
    meanwhile.started = [&] { between.reset(); };
    meanwhile.line = [&](std::string_view line) { hear(run, line); };
    ended = run_together(run, calls, meanwhile);
  }
  const bool well =
      std::all_of(ended.begin(), ended.end(), [](const ProgramExit& each) { return each.ok(); });
  if (!well) throw_cause(ended);
  for (const auto& each : ended) log_warnings(run, each.complaints);
}

}  // namespace tidegate::engine::postgresql
