#include "config/init.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/screen.hpp"

namespace tidegate::cli {
namespace {

void write_new(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 && errno == EEXIST) {
    throw Error(ErrorKind::usage,
                fmt::format("'{}' is there already, and is not overwritten", path),
                "name another file with --output, or print it with --dry-run");
  }
  if (file < 0) {
    throw Error(ErrorKind::usage, fmt::format("cannot write '{}': {}", path, std::strerror(errno)),
                "name another file with --output");
  }
  write_all(file, text);
  ::close(file);
}

int run_init(CommandContext& session, const Invocation& invocation) {
  const auto kind = parse_engine_kind(invocation.value("--engine").value_or("mongodb"));
  const auto text = config::initial_file(*kind);
  const auto path =
      invocation.value("--output").value_or(invocation.value("--config").value_or("tidegate.yaml"));
  if (!session.dry_run()) write_new(path, text);
  if (session.json()) {
    nlohmann::ordered_json document{{"file", path}, {"engine", to_text(*kind)}};
    if (session.dry_run()) document["content"] = text;
    if (session.dry_run()) document["dry_run"] = true;
    session.result(document);
    return 0;
  }
  if (session.dry_run()) {
    session.result(text.substr(0, text.find_last_not_of('\n') + 1));
    return 0;
  }
  session.result(fmt::format("wrote {}", path));
  session.screen().note("  next: set the variables that it names, then 'tidegate check'");
  return 0;
}

}  // namespace

Command init_command() {
  return {.name = "init",
          .arguments = "",
          .summary = "write a commented tidegate.yaml to start from",
          .details =
              "Writes ./tidegate.yaml, or the file that --output or --config names, and never "
              "overwrites one. Connection strings in it are variables, so that the file can be "
              "shared. With --dry-run it goes to standard output.",
          .flags = {{"--engine", FlagValue::required, "mongodb|postgresql",
                     "which kind of server holds the database (default mongodb)"},
                    {"--output", FlagValue::required, "FILE", "where to write it"}},
          .examples = {{"tidegate init", "a file for MongoDB in this directory"},
                       {"tidegate init --dry-run", "only show it"}},
          .run = run_init};
}

}  // namespace tidegate::cli
