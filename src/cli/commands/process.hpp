#pragma once

/// The process around a command, whatever adapters its program has.

#include <unistd.h>

#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/signals.hpp"
#include "cli/terminal/failure.hpp"
#include "cli/terminal/screen.hpp"
#include "config/loader.hpp"

namespace tidegate::cli {

/// Made before any other thread, since it decides which thread receives signals.
struct Process {
  explicit Process(const std::vector<std::string>& arguments)
      : error_form(cli::error_form(arguments, environment)) {}

  std::stop_source stop;
  StopSignals signals{stop};
  RealClock clock;
  Redactor redactor;
  Screen screen{redactor, describe_descriptor(STDOUT_FILENO, process_environment),
                describe_descriptor(STDERR_FILENO, process_environment)};
  config::Environment environment = config::process_environment();
  ErrorForm error_form;
};

}  // namespace tidegate::cli
