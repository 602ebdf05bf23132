#include "engine/postgresql/seed/seed.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/errno_kind.hpp"
#include "engine/postgresql/driver/faults.hpp"
#include "engine/postgresql/driver/programs.hpp"
#include "engine/postgresql/driver/running.hpp"
#include "engine/postgresql/driver/session_options.hpp"
#include "engine/seed_command.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_what_to_do = "correct 'previews.seed.file', then run the command again";

/// psql would report it in its own words, and only after it has signed in.
void require_readable(const std::string& file) {
  const bool regular = std::filesystem::is_regular_file(file);
  if (regular && ::access(file.c_str(), R_OK) == 0) return;
  const int why = regular ? errno : std::filesystem::exists(file) ? EISDIR : ENOENT;
  throw Error(kind_of_errno(why),
              fmt::format("cannot read the seed data '{}': {}", file, std::strerror(why)),
              k_what_to_do);
}

Conninfo with_role(const Conninfo& conninfo, const std::string& owner) {
  return owner.empty() ? conninfo : with_settings(conninfo, {{"role", owner}});
}

std::string psql_beside(const Programs& programs) {
  const auto path = std::filesystem::path(programs.pg_dump).parent_path() / "psql";
  if (std::filesystem::exists(path)) return path.string();
  throw Error(ErrorKind::config, fmt::format("'{}' does not exist", path.string()),
              "install PostgreSQL's client programs: the package 'postgresql-client'");
}

void load_file(Run& run, const Conninfo& where, const std::string& file) {
  require_readable(file);
  const ServiceFile service(where);
  ProgramCall call;
  call.program = psql_beside(find_programs(run));
  call.arguments = {"--no-psqlrc",           "--quiet",
                    "--no-password",         "--single-transaction",
                    "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose",
                    "--file=" + file,        ServiceFile::argument()};
  call.where = &service;
  try {
    run_program(run, call);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::remote || is_transient(error)) throw;
    // The content of a file is the same at the next try.
    throw Error(ErrorKind::config,
                fmt::format("cannot load the seed data '{}': {}", file, error.message()),
                k_what_to_do);
  }
}

}  // namespace

void seed(Run& run, Server& server, SessionLease& lease, const SeedRequest& request) {
  lease.confirm(run);
  const auto reached = lease.session().reached(server.conninfo());
  auto session = server.open(run, lease.database());
  const auto where =
      with_settings(with_role(reached.with_database(lease.database())
                                  .with("application_name", fmt::format("tidegate/{}", run.id())),
                              request.owner),
                    overrides(run, session, SessionUse::seed));
  if (!request.plan.command.empty()) {
    return run_seed_command(run, request.plan.command, lease.target(), url_of(where));
  }
  load_file(run, where, request.plan.file);
}

}  // namespace tidegate::engine::postgresql
