#pragma once

/// The parts that a command works with: configuration, streams, one run, services.

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/services.hpp"
#include "base/log.hpp"
#include "base/run.hpp"
#include "cli/parse/arguments.hpp"
#include "cli/terminal/failure.hpp"
#include "cli/terminal/screen.hpp"
#include "config/loader.hpp"

namespace tidegate::cli {

/// The parts that main.cpp plugs in. All of them outlive the command.
struct Parts {
  app::Adapters adapters;
  Screen& screen;
  /// Sets the function that a SIGHUP calls; an empty one restores the default.
  std::function<void(std::function<void()>)> on_hangup;
  config::Environment environment;
  /// Starts the libraries that engines use, once, when there is a log for their messages.
  std::function<std::shared_ptr<void>(Log&)> libraries;
  /// How a failure is printed: a command asks for a line of the log where the file says so.
  ErrorForm& error_form;
};

class CommandContext {
 public:
  /// Finds and loads the configuration when the command needs it.
  /// @throws Error config, usage.
  CommandContext(const Parts& parts, const Invocation& invocation);
  ~CommandContext();

  const Parts& parts() const { return parts_; }
  Screen& screen() const { return parts_.screen; }
  const config::Config& config() const { return *config_; }
  const app::SharedConfig& shared_config() const { return config_; }
  /// The configuration as it is now: file and environment are read again.
  config::Config load_again() const;
  /// The connections, log and journal for use cases.
  app::Services& services() const { return *services_; }
  Log& log() const { return *log_; }
  bool json() const { return config_->switched_on("--json"); }
  bool dry_run() const { return config_->switched_on("--dry-run"); }
  Mode mode() const { return dry_run() ? Mode::dry_run : Mode::real; }

  /// The process's run; made once, by the command, when it knows the time limit. Its progress is
  /// silent with `quiet` (questions asked beforehand, short commands).
  enum class Speech { aloud, quiet };
  Run& start(std::optional<std::chrono::milliseconds> limit, Speech speech = Speech::aloud);
  /// Progress goes away, so that the result stands last.
  void finish();

  /// One JSON document on standard output.
  void result(const nlohmann::ordered_json& document) const;
  void result(const std::string& text) const { parts_.screen.result(text); }
  void result(const char* text) const { parts_.screen.result(text); }
  /// As Screen::document().
  void document(const nlohmann::ordered_json& document) const;
  void document(const std::string& text) const { parts_.screen.document(text); }

 private:
  LogLevel level(const Invocation& invocation) const;
  const Parts& parts_;
  config::Sources sources_;
  config::FileNeed need_;
  app::SharedConfig config_;
  std::unique_ptr<Log> log_;
  std::shared_ptr<void> libraries_;
  std::unique_ptr<app::Services> services_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<Run> run_;
};

/// Parses, carries out the command. @returns the exit code. @throws Error.
int run_command(const Parts& parts, const std::vector<std::string>& arguments);

/// The end of a program: a failure of its work becomes text, or JSON, and the exit code.
int report_failure(const Parts& parts, const std::function<int()>& work);

}  // namespace tidegate::cli
