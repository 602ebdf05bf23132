#include "cli/commands/status_check.hpp"

#include <fmt/format.h>

#include "cli/commands/command_context.hpp"
#include "web/ask.hpp"

namespace tidegate::cli {
namespace {

constexpr std::chrono::seconds k_patience{
    5};  // less than the timeout of a container's health check

std::string line_of(const std::vector<web::Condition>& conditions, bool good) {
  std::string line;
  for (const auto& condition : conditions) {
    if (condition.good != good) continue;  // good conditions are left out when one is bad
    if (!line.empty()) line += "; ";
    line += fmt::format("{}: {}", condition.name, condition.says);
  }
  return fmt::format("{}: {}", good ? "ok" : "not ok", line);
}

nlohmann::ordered_json json_of(const std::vector<web::Condition>& conditions, bool good) {
  nlohmann::ordered_json document;
  document["good"] = good;
  document["conditions"] = nlohmann::ordered_json::array();
  for (const auto& condition : conditions) {
    document["conditions"].push_back(
        {{"name", condition.name}, {"good", condition.good}, {"says", condition.says}});
  }
  return document;
}

}  // namespace

int check_daemon(CommandContext& session, const Invocation& invocation) {
  if (!invocation.arguments.empty()) {
    throw Error(ErrorKind::usage, "'--check' is about the daemon, not about one database",
                "leave the name out");
  }
  const auto listen = session.config().listen();
  auto& run =
      session.start(session.config().timeout().value_or(k_patience), CommandContext::Speech::quiet);
  const auto conditions = web::ask_health(run, listen.address, listen.port);
  session.finish();
  bool good = true;
  for (const auto& condition : conditions) good = good && condition.good;
  if (session.json()) {
    session.result(json_of(conditions, good));
  } else {
    session.result(line_of(conditions, good));
  }
  return good ? 0 : describe(ErrorKind::remote).exit_code;
}

}  // namespace tidegate::cli
