/// Composes the program. Only this file knows every adapter.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "archive/directory/directory.hpp"
#include "archive/s3/s3.hpp"
#include "base/init.hpp"
#include "base/run.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/process.hpp"
#include "engine/mongodb/driver/library.hpp"
#include "engine/mongodb/mongodb.hpp"
#include "engine/postgresql/postgresql.hpp"
#include "forge/github/github.hpp"
#include "forge/github/webhook.hpp"

namespace {

std::unique_ptr<tidegate::archive::Store> open_store(const tidegate::ArchivePlan& plan) {
  if (plan.place.rfind("s3://", 0) == 0) return tidegate::archive::s3_store(plan);
  return tidegate::archive::directory_store(plan.place);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tidegate;
  stand_below_init();
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);

  cli::Process process(arguments);
  const cli::Parts parts{
      .adapters = {.clock = process.clock,
                   .redactor = process.redactor,
                   .stop = process.stop.get_token(),
                   .run_id = make_run_id(process.clock),
                   .engines = {engine::mongodb::kind(engine::mongodb::lease_times(
                                   std::getenv("TIDEGATE_TEST_LEASE_SECONDS"))),
                               engine::postgresql::kind()},
                   .open_store = open_store,
                   .open_forge = forge::github::connect,
                   .receive = forge::github::receive},
      .screen = process.screen,
      .on_hangup = [&signals = process.signals](
                       std::function<void()> action) { signals.on_hangup(std::move(action)); },
      .environment = process.environment,
      .libraries = [](Log& log) { return std::make_shared<engine::mongodb::Library>(log); },
      .error_form = process.error_form,
  };

  const auto code = cli::report_failure(parts, [&] { return cli::run_command(parts, arguments); });
  if (engine::mongodb::any_left_alone()) {
    // Threads that were left behind still use libraries and memory that an orderly end would free.
    std::fflush(nullptr);
    ::_exit(code);
  }
  return code;
}
