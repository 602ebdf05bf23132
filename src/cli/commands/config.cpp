#include "config/config.hpp"

#include <fmt/format.h>

#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "config/schema.hpp"
#include "model/gate.hpp"

namespace tidegate::cli {
namespace {

constexpr int k_longest_value = 40;

std::string_view origin_of(config::Source source) {
  switch (source) {
    case config::Source::flag:
      return "flag";
    case config::Source::environment:
      return "environment";
    case config::Source::file:
      return "file";
    case config::Source::default_value:
      break;
  }
  return "default";
}

int show(const CommandContext& session) {
  const auto values = session.config().show();
  if (session.json()) {
    nlohmann::ordered_json document{{"file", session.config().file()}};
    document["values"] = nlohmann::ordered_json::array();
    for (const auto& value : values) {
      document["values"].push_back({{"key", value.key},
                                    {"value", value.value},
                                    {"origin", value.origin},
                                    {"source", origin_of(value.source)}});
    }
    session.result(document);
    return 0;
  }
  const auto& look = session.screen().out().look;
  Table table({Align::left, Align::left, Align::left}, "");
  for (const auto& value : values) {
    // Values in a pipe are not shortened: the reader may search for one.
    const auto text = printable(value.value);
    table.row({value.key,
               session.screen().out().terminal ? clipped(text, k_longest_value, look) : text,
               value.origin});
  }
  for (const auto& line : table.lines()) session.result(line);
  return 0;
}

int check(const CommandContext& session) {
  const auto& config = session.config();
  for (const auto& name : config.database_names()) {
    if (const auto topology = config.try_topology(name); topology.value) Gate{*topology.value};
  }
  std::vector<std::string> unset;
  for (const auto& value : config.show()) {
    if (value.value.find("(not set)") != std::string::npos) {
      unset.push_back(fmt::format("{}: {} ({})", value.key, value.value, value.origin));
    }
  }
  if (session.json()) {
    session.result(nlohmann::ordered_json{{"file", config.file()},
                                          {"valid", true},
                                          {"databases", config.database_names()},
                                          {"not_set", unset}});
    return 0;
  }
  session.result(
      fmt::format("{} is valid: {}", config.file().empty() ? "the environment" : config.file(),
                  counted(static_cast<long long>(config.database_names().size()), "database")));
  for (const auto& line : unset) session.screen().note("  unproven  " + printable(line));
  return 0;
}

int run_config(CommandContext& session, const Invocation& invocation) {
  const auto& what = invocation.arguments.front();
  if (what == "show") return show(session);
  if (what == "check") return check(session);
  session.result(config::json_schema());
  return 0;
}

}  // namespace

Command config_command() {
  return {.name = "config",
          .arguments = "show|check|schema",
          .least_arguments = 1,
          .most_arguments = 1,
          .choices = "show|check|schema",
          .summary = "effective values and where each comes from; validation; a JSON Schema",
          .details =
              "show prints every value with its origin, secrets hidden. check only reads and "
              "validates. schema prints a JSON Schema of the file, for editors.",
          .examples = {{"tidegate config show", "what would be used, and why"},
                       {"tidegate config schema > tidegate.schema.json", "for an editor"}},
          .needs = Needs::file,
          .run = run_config};
}

}  // namespace tidegate::cli
