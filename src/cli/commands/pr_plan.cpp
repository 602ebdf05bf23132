#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/parse/pull_arguments.hpp"
#include "preview/decide.hpp"
#include "preview/last_report_json.hpp"

namespace tidegate::cli {
namespace {

using preview::Decision;
using preview::TargetContent;

preview::ObservedTarget target_of(const Invocation& invocation) {
  const auto database = invocation.value("--database");
  if (!database) {
    throw Error(ErrorKind::usage, "'pr plan' needs --database: the present content",
                "give none, seed, snapshot, or unknown where its server could not be asked");
  }
  preview::ObservedTarget target{
      preview::parse_content(*database).value_or(TargetContent::unknown)};
  target.commit = commit_of(invocation, "--database-commit");
  return target;
}

preview::LastReport said_of(const Invocation& invocation) {
  const auto text = invocation.value("--said").value_or("");
  return text.empty() ? preview::LastReport{} : preview::parse_said(text);
}

nlohmann::ordered_json to_json(PullNumber number, const Decision& decision) {
  auto notices = nlohmann::ordered_json::array();
  for (const auto notice : decision.notices) notices.push_back(to_text(notice));
  return {{"number", number.value()},
          {"action", to_text(decision.action)},
          {"labels", {{"add", decision.labels.add}, {"remove", decision.labels.remove}}},
          {"notices", notices},
          {"locked", decision.locked},
          {"reason", decision.reason},
          {"afterwards", to_text(decision.afterwards)},
          {"said", preview::to_json(decision.said)}};
}

std::string_view what_is_done(const Decision& decision) {
  switch (decision.action) {
    case preview::Action::none:
      return "nothing is done to the database";
    case preview::Action::fill:
      return decision.afterwards == TargetContent::seed
                 ? "the database is made of seed data"
                 : "the database is filled from the snapshot";
    case preview::Action::drop:
      break;
  }
  return decision.afterwards == TargetContent::seed ? "the database is dropped, for seed data"
                                                    : "the database is dropped";
}

std::vector<std::string> label_lines(const preview::LabelChanges& labels) {
  std::vector<std::string> lines;
  for (const auto& label : labels.add) lines.push_back(fmt::format("'{}' is put back", label));
  for (const auto& label : labels.remove) {
    lines.push_back(fmt::format("'{}' is taken off again", label));
  }
  return lines;
}

void tell(const CommandContext& session, PullNumber number, const Decision& decision) {
  session.result(fmt::format("pull request {}: {}", number.value(), what_is_done(decision)));
  Table table({Align::left, Align::left});
  table.row({"why", printable(decision.reason)});
  table.row({"locked", decision.locked ? "yes" : "no"});
  for (const auto& line : label_lines(decision.labels)) table.row({"label", printable(line)});
  for (const auto notice : decision.notices) {
    table.row({"comment", std::string(to_text(notice))});
  }
  for (const auto& line : table.lines()) session.result(line);
}

int run_pr_plan(CommandContext& session, const Invocation& invocation) {
  const auto address = pull_address(session.config(), invocation.arguments.front());
  PullRequest pull{.number = address.number,
                   .commit = commit_of(invocation, "--commit"),
                   .labels = labels_of(invocation)};
  pull.state =
      parse_pull_state(invocation.value("--state").value_or("open")).value_or(PullState::open);
  pull.draft = invocation.has("--draft");
  pull.fork = invocation.has("--fork");
  const auto asked =
      invocation.has("--now") ? preview::Trigger::person : preview::Trigger::state_change;

  const auto decision =
      preview::decide(pull, target_of(invocation), said_of(invocation), address.policy, asked);

  if (session.json()) {
    session.result(to_json(address.number, decision));
  } else {
    tell(session, address.number, decision);
  }
  return 0;
}

}  // namespace

Command pr_plan_command() {
  return {
      .name = "pr plan",
      .arguments = "[DB/]N",
      .least_arguments = 1,
      .most_arguments = 1,
      .summary = "say what would be done for pull request N, from flags alone",
      .details =
          "Asks neither GitHub nor a server: the flags describe the state. Labels are called as "
          "in the configuration file, where there is one. With --json, \"said\" is the state to "
          "remember between two calls: hand it to the next one with --said.",
      .flags = {{"--state", FlagValue::required, "open|closed|merged",
                 "whether it is open (the default)"},
                {"--labels", FlagValue::maybe_empty, "A,B,C", "its labels"},
                {"--commit", FlagValue::maybe_empty, "SHA", "the head of its branch"},
                {"--draft", FlagValue::none, "", "it is a draft"},
                {"--fork", FlagValue::none, "", "its branch is in another repository"},
                {"--database", FlagValue::required, "none|seed|snapshot|unknown",
                 "what its database holds; unknown: that could not be asked"},
                {"--database-commit", FlagValue::maybe_empty, "SHA",
                 "the commit that the database was made for"},
                {"--said", FlagValue::maybe_empty, "JSON", "what was said before"},
                {"--now", FlagValue::none, "", "as if a person asked for the current source"}},
      .examples = {{"tidegate pr plan 42 --labels preview --database none", "a first look"},
                   {"tidegate pr plan 42 --state closed --labels persist-db --database snapshot",
                    "closed while it is locked"}},
      .needs = Needs::file_if_there,
      .run = run_pr_plan};
}

}  // namespace tidegate::cli
