/// Composes `tidegate-demo`, which `tidegate demo` runs: tidegate-demo PROGRAM demo [FLAGS].

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "base/run.hpp"
#include "cli/commands/process.hpp"
#include "demo/story.hpp"
#include "engine/mongodb/demo/sample.hpp"
#include "engine/mongodb/driver/library.hpp"
#include "engine/mongodb/mongodb.hpp"
#include "engine/postgresql/demo/sample.hpp"

int main(int argc, char** argv) {
  using namespace tidegate;
  if (argc < 3) {
    std::cerr << "this program is run by 'tidegate demo'\n";
    return describe(ErrorKind::usage).exit_code;
  }
  const demo::Program program{argv[1], {engine::mongodb::sample(), engine::postgresql::sample()}};
  const std::vector<std::string> arguments(argv + 2, argv + argc);

  cli::Process process(arguments);
  const cli::Parts parts{
      .adapters = {.clock = process.clock,
                   .redactor = process.redactor,
                   .stop = process.stop.get_token(),
                   .run_id = make_run_id(process.clock),
                   .engines = {},  // each step is a run of the program
                   .open_store = {},
                   .open_forge = {},
                   .receive = {}},
      .screen = process.screen,
      .on_hangup = {},
      .environment = process.environment,
      .libraries = [](Log& log) { return std::make_shared<engine::mongodb::Library>(log); },
      .error_form = process.error_form,
  };
  const auto code =
      cli::report_failure(parts, [&] { return demo::tell_story(parts, program, arguments); });
  if (engine::mongodb::any_left_alone()) {  // as in main.cpp
    std::fflush(nullptr);
    ::_exit(code);
  }
  return code;
}
