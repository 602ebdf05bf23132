#pragma once

/// The parts that a command works with: configuration, streams, one run, engines, the journal.

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/run.hpp"
#include "cli/parse/arguments.hpp"
#include "cli/terminal/failure.hpp"
#include "cli/terminal/screen.hpp"
#include "config/config.hpp"
#include "config/loader.hpp"
#include "engine/connect.hpp"
#include "engine/engine.hpp"
#include "engine/sample.hpp"
#include "forge/forge.hpp"
#include "forge/webhook.hpp"
#include "journal/journal.hpp"

namespace tidegate::cli {

/// The parts that main.cpp plugs in. All of them outlive the session.
struct Parts {
  const Clock& clock;
  Redactor& redactor;
  Screen& screen;
  std::stop_token stop;
  /// Sets the function that a SIGHUP calls; an empty one restores the default.
  std::function<void(std::function<void()>)> on_hangup;
  std::string run_id;  ///< of the one run of this process
  config::Environment environment;
  /// The engines that this program can operate.
  std::vector<engine::Kind> engines;
  /// Opens places for archives.
  archive::OpenStore open_store;
  /// Opens the code host.
  std::function<std::unique_ptr<forge::Forge>(const ForgePlan&)> open_forge;
  /// Makes the reader of webhook requests, from their secrets and the repository.
  std::function<forge::Receive(std::vector<Secret>, std::string)> receive;
  /// Starts the libraries that engines use, once, when there is a log for their messages.
  std::function<std::shared_ptr<void>(Log&)> libraries;
  /// The sample server and data of each engine, for `demo`.
  std::vector<engine::SampleKind> samples;
  /// How a failure is printed: a session asks for a line of the log where the file says so.
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
  /// The configuration as it is now: file and environment are read again.
  config::Config load_again() const;
  Log& log() const { return *log_; }
  bool json() const { return config_->switched_on("--json"); }
  bool dry_run() const { return config_->switched_on("--dry-run"); }
  Mode mode() const { return dry_run() ? Mode::dry_run : Mode::real; }
  engine::LeaseWish wish() const;

  /// The process's run; made once, by the command, when it knows the time limit. Its progress is
  /// silent with `quiet` (questions asked beforehand, short commands).
  enum class Speech { aloud, quiet };
  Run& start(std::optional<std::chrono::milliseconds> limit, Speech speech = Speech::aloud);
  /// Progress goes away, so that the result stands last.
  void finish();

  const engine::Kind& kind(EngineKind kind) const;
  const engine::SampleKind& sample(EngineKind kind) const;
  /// One engine for one credential; with `--dry-run` one that only prints its steps.
  std::unique_ptr<engine::Engine> engine(EngineKind kind, const Endpoint& endpoint,
                                         const std::string& metadata_collection) const;
  /// A place for archives; with `--dry-run` one that only prints its steps.
  std::unique_ptr<archive::Store> store(const ArchivePlan& plan) const;
  /// For plans that connect only when they need to; a missing value becomes an Error then.
  engine::Connect connect(EngineKind kind, const config::ValueOrError<Endpoint>& endpoint,
                          const std::string& metadata_collection) const;

  /// Where runs are recorded; with `--dry-run` nowhere.
  journal::Journal& journal();
  /// The journal's file, where one is configured.
  std::optional<std::string> journal_file() const { return config_->journal(); }

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
  std::unique_ptr<config::Config> config_;
  std::unique_ptr<Log> log_;
  std::shared_ptr<void> libraries_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<Run> run_;
  std::unique_ptr<journal::Journal> journal_;
};

/// Parses, carries out the command. @returns the exit code. @throws Error.
int run_command(const Parts& parts, const std::vector<std::string>& arguments);

}  // namespace tidegate::cli
