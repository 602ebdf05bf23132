#include "preview/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/database_previews.hpp"
#include "base/duration.hpp"
#include "base/utc.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/sync_report.hpp"
#include "cli/terminal/text.hpp"

namespace tidegate::cli {
namespace {

using preview::Orphan;
using preview::OrphanState;

std::string why(const Orphan& orphan, const LabelNames& labels) {
  switch (orphan.fate) {
    case OrphanState::dropped:
      return "dropped";
    case OrphanState::droppable:
      return "would be dropped with --apply";
    case OrphanState::locked:
      return fmt::format("LOCKED by '{}': remove the label to have it dropped", labels.lock);
    case OrphanState::young:
      return "kept: within its grace";
    case OrphanState::stranger:
      return fmt::format("kept: not known to be filled by tidegate; name pr-{} to have it dropped",
                         orphan.standing.number.value());
    case OrphanState::doubt:
      break;
  }
  return "kept, in doubt: " + orphan.why;
}

std::string state_of(const Orphan& orphan) {
  if (!orphan.pull) return "unknown";
  if (orphan.pull->state == PullState::open) return "unlabelled";
  return std::string(to_text(orphan.pull->state));
}

nlohmann::ordered_json to_json(const Orphan& orphan) {
  nlohmann::ordered_json json{{"number", orphan.standing.number.value()},
                              {"database", orphan.standing.database},
                              {"state", state_of(orphan)},
                              {"fate", to_text(orphan.fate)},
                              {"bytes", orphan.standing.size.count}};
  json["age_seconds"] = nullptr;
  if (orphan.age) json["age_seconds"] = orphan.age->count() / 1000;
  if (!orphan.why.empty()) json["why"] = orphan.why;
  return json;
}

void tell(const CommandContext& session, const std::vector<Orphan>& orphans,
          const LabelNames& labels) {
  if (orphans.empty()) session.result("no database is left over");
  Table table({Align::left, Align::left, Align::right, Align::left, Align::left});
  for (const auto& orphan : orphans) {
    const auto since = orphan.age ? fmt::format("{} {} ago", state_of(orphan), to_text(*orphan.age))
                                  : state_of(orphan);
    table.row({fmt::format("pr-{}", orphan.standing.number.value()),
               printable(orphan.standing.database), to_text(orphan.standing.size), since,
               printable(why(orphan, labels))});
  }
  for (const auto& line : table.lines()) session.result(line);
}

/// `syrf`, `pr-42`, `syrf/pr-42`: one database, and previews by name.
struct Scope {
  std::optional<std::string> database;
  std::set<PullNumber> named;
};

Scope scope_of(const CommandContext& session, const Invocation& invocation) {
  Scope scope;
  for (const auto& text : invocation.arguments) {
    const auto target = parse_target(text);
    if (target && !target->number) {
      scope.database = session.config().one_database(text);
      continue;
    }
    const auto address = session.config().address(text, config::SnapshotWord::refused);
    if (!address.target || !address.target->number) {
      throw Error(ErrorKind::usage, fmt::format("'{}' is no preview", text),
                  "name previews as pr-42, and a database by its name");
    }
    scope.database = address.database;
    scope.named.insert(*address.target->number);
  }
  return scope;
}

/// A database that could not be judged fails the command, though nothing was harmed.
bool any_in_doubt(const std::vector<Orphan>& orphans) {
  return std::any_of(orphans.begin(), orphans.end(),
                     [](const auto& orphan) { return orphan.fate == OrphanState::doubt; });
}

int run_sweep(CommandContext& session, const Invocation& invocation) {
  const auto scope = scope_of(session, invocation);
  const auto forge = session.services().forge(session.config());
  auto& run = session.start(session.config().timeout());
  const auto previews =
      app::database_previews(session.services(), session.shared_config(), run, scope.database,
                             app::SnapshotWait::none, app::BackendChoice::own);
  auto documents = nlohmann::ordered_json::array();
  int code = 0;
  const auto failures = app::each_in_turn(run, previews, [&](const app::DatabasePreviews& each) {
    preview::SweepPlan how{session.config().grace(each.name),
                           invocation.has("--apply") ? preview::Apply::yes : preview::Apply::no,
                           scope.named};
    const auto orphans = preview::sweep(run, *forge, *each.backend, each.plan, how);
    session.finish();
    if (any_in_doubt(orphans)) code = describe(ErrorKind::remote).exit_code;
    auto list = nlohmann::ordered_json::array();
    for (const auto& orphan : orphans) list.push_back(to_json(orphan));
    documents.push_back({{"name", each.name}, {"orphans", list}});
    if (!session.json()) tell(session, orphans, each.plan.policy.labels);
  });
  for (const auto& each : failures) {
    documents.push_back(database_failure_json(each));
    if (!session.json()) session.result(failure_line(each));
  }
  if (code == 0) code = exit_code_of(failures);
  if (session.json()) session.result({{"databases", documents}});
  return code;
}

}  // namespace

Command sweep_command() {
  return {
      .name = "sweep",
      .arguments = "[DB|[DB/]pr-N...]",
      .most_arguments = 1000,
      .summary = "list databases of closed or unlabelled pull requests; drop them with --apply",
      .details =
          "Keeps databases that are locked or in doubt; and, unless they are named, those of pull "
          "requests closed within 'previews.grace' and those that tidegate did not fill.",
      .flags = {{"--apply", FlagValue::none, "", "drop what may be dropped"}},
      .examples = {{"tidegate sweep", "only list them"},
                   {"tidegate sweep --apply", "drop what is left over"},
                   {"tidegate sweep pr-98 --apply", "this one too, whatever filled it"}},
      .needs = Needs::file,
      .run = run_sweep};
}

}  // namespace tidegate::cli
