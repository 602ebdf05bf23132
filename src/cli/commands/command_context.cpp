#include "cli/commands/command_context.hpp"

#include <fmt/format.h>

#include "base/duration.hpp"
#include "cli/parse/help.hpp"
#include "cli/terminal/progress_sinks.hpp"

namespace tidegate::cli {
namespace {

std::string json_text(const nlohmann::ordered_json& document) {
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

config::FileNeed need_of(const Invocation& invocation) {
  const bool schema = invocation.command->name == "config" && !invocation.arguments.empty() &&
                      invocation.arguments.front() == "schema";
  if (schema || invocation.command->needs == Needs::nothing) return config::FileNeed::none;
  if (invocation.command->needs == Needs::file_if_there) return config::FileNeed::if_there;
  return config::FileNeed::required;
}

config::EngineDatabases databases_of(const std::vector<engine::Kind>& kinds) {
  std::map<EngineKind, std::vector<DatabaseName>> own;
  for (const auto& kind : kinds) own[kind.kind] = kind.own_databases;
  return [own](EngineKind kind) -> std::optional<std::vector<DatabaseName>> {
    const auto at = own.find(kind);
    if (at == own.end()) return std::nullopt;
    return at->second;
  };
}

std::string what_a_stop_left(const Command& command) {
  if (command.name == "snapshot") {
    return "what was staged is discarded; the previous snapshot is untouched";
  }
  if (command.name == "restore") {
    return "what was staged is discarded; the target's previous content is untouched";
  }
  if (command.name == "drop") return "run it again to finish; a drop that began is finished then";
  return "nothing was changed";
}

}  // namespace

CommandContext::CommandContext(const Parts& parts, const Invocation& invocation) : parts_(parts) {
  sources_.flags = invocation.option_flags();
  sources_.environment = parts.environment;
  sources_.replaced = invocation.all("--set");
  sources_.engine_databases = databases_of(parts.adapters.engines);
  need_ = need_of(invocation);
  config_ = std::make_shared<const config::Config>(load_again());
  if (parts.error_form == ErrorForm::text && config_->log_format() == LogFormat::json) {
    parts.error_form = ErrorForm::log_line;
  }
  log_ = std::make_unique<Log>(level(invocation), config_->log_format(), parts.adapters.redactor,
                               [&parts](std::string_view line) { parts.screen.note(line); });
  libraries_ = parts.libraries(*log_);
  services_ = std::make_unique<app::Services>(parts.adapters, config_, *log_, mode());
}

CommandContext::~CommandContext() = default;

config::Config CommandContext::load_again() const {
  return config::load(sources_, parts_.adapters.redactor, need_);
}

/// On a terminal a person watches the progress, and the log keeps quiet unless it was asked for.
/// The daemon's progress is the log.
LogLevel CommandContext::level(const Invocation& invocation) const {
  const auto configured = config_->log_level();
  const bool watched = parts_.screen.err().terminal && config_->log_format() == LogFormat::text;
  if (!watched || configured != LogLevel::info) return configured;
  if (invocation.command->name == "serve") return configured;
  if (invocation.has("--log-level") || parts_.environment.count("TIDEGATE_LOG_LEVEL") > 0) {
    return configured;
  }
  for (const auto& value : config_->show()) {
    if (value.key == "log.level" && value.source != config::Source::default_value) {
      return configured;
    }
  }
  return LogLevel::warning;
}

Run& CommandContext::start(std::optional<std::chrono::milliseconds> limit, Speech speech) {
  if (speech == Speech::quiet) {
    progress_ = std::make_unique<SilentProgress>();
  } else {
    progress_ = make_progress(parts_.screen, parts_.adapters.clock, *log_, config_->log_format());
  }
  const auto& adapters = parts_.adapters;
  run_ = std::make_unique<Run>(adapters.run_id, adapters.clock, *log_, *progress_, adapters.stop,
                               limit, mode());
  return *run_;
}

void CommandContext::finish() {
  if (progress_) progress_->end();
}

void CommandContext::result(const nlohmann::ordered_json& document) const {
  parts_.screen.result(json_text(document));
}

void CommandContext::document(const nlohmann::ordered_json& document) const {
  parts_.screen.document(json_text(document) + "\n");
}

int run_command(const Parts& parts, const std::vector<std::string>& arguments) {
  auto invocation = parse_arguments(arguments);
  if (invocation.help || (invocation.command == nullptr && !invocation.version)) {
    const int width = parts.screen.out().look.width;
    if (invocation.command != nullptr) {
      parts.screen.result(command_help(*invocation.command, width));
    } else if (invocation.group != nullptr) {
      parts.screen.result(group_help(*invocation.group, width));
    } else {
      parts.screen.result(invocation.help ? full_help(width) : short_help());
    }
    return 0;
  }
  if (invocation.version) invocation.command = find_command("version");
  CommandContext session(parts, invocation);
  try {
    return invocation.command->run(session, invocation);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::cancelled && error.hint().empty()) {
      error.with_hint(what_a_stop_left(*invocation.command));
    }
    throw;
  }
}

int report_failure(const Parts& parts, const std::function<int()>& work) {
  const auto& adapters = parts.adapters;
  try {
    return work();
  } catch (const Error& error) {
    return tell(parts.screen, adapters.redactor, error, parts.error_form, adapters.run_id);
  } catch (const std::exception& failure) {
    return tell(parts.screen, adapters.redactor, unexpected(failure), parts.error_form,
                adapters.run_id);
  }
}

}  // namespace tidegate::cli
