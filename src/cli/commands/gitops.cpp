#include <fmt/format.h>

#include "app/database_previews.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/parse/pull_arguments.hpp"
#include "gitops/commit.hpp"

namespace tidegate::cli {
namespace {

using gitops::CommitResult;
using gitops::Commits;

/// The pull request as the flags describe it; without flags, as the code host does.
PullRequest pull_in(const CommandContext& session, Run& run, const Invocation& invocation,
                    PullNumber number) {
  const auto labels = invocation.value("--labels");
  const auto commit = session.config().given("--commit");
  if (!labels && !commit && session.config().has_forge()) {
    return session.services().forge(session.config())->pull_request(run, number);
  }
  if (!labels || !commit) {
    throw Error(ErrorKind::usage, fmt::format("'{}' is missing", labels ? "--commit" : "--labels"),
                "such as --labels preview,use-snapshot --commit 4be1c02; without both, the section "
                "'github' of the configuration says where to ask");
  }
  PullRequest pull{.number = number, .commit = *commit, .labels = labels_of(invocation)};
  pull.state = parse_pull_state(invocation.value("--state").value_or("open")).value();
  return pull;
}

nlohmann::ordered_json as_json(const std::string& database, const CommitResult& written,
                               Mode mode) {
  nlohmann::ordered_json document{{"database", database},
                                  {"changed", written.changed},
                                  {"written", written.files_written},
                                  {"removed", written.files_removed}};
  // A dry run makes no commit.
  if (mode == Mode::real || !written.changed) document["commit"] = written.commit;
  return document;
}

std::string told(const std::string& database, const CommitResult& written, Mode mode) {
  if (!written.changed) return fmt::format("{}: nothing to change", database);
  const auto what =
      fmt::format("{} written, {} removed", written.files_written, written.files_removed);
  if (mode == Mode::dry_run) return fmt::format("{}: {}, if it were no dry run", database, what);
  return fmt::format("{}: {}, in commit {}", database, what, written.commit);
}

GitopsPlan plan_of(const CommandContext& session) {
  if (auto plan = session.config().gitops()) return *std::move(plan);
  throw Error(ErrorKind::config, "no GitOps repository is configured", "set 'gitops.repository'");
}

int run_gitops(CommandContext& session, const Invocation& invocation) {
  const auto& action = invocation.arguments.front();
  if (action != "commit" && action != "remove") {
    throw Error(ErrorKind::usage, fmt::format("'gitops' has no action '{}'", action),
                "use commit or remove");
  }
  const auto number = pull_number(invocation.arguments.back());
  const auto plan = plan_of(session);
  auto& run = session.start(session.config().timeout(), CommandContext::Speech::quiet);
  PullRequest pull{.number = number};
  if (action == "commit") pull = pull_in(session, run, invocation, number);
  auto list = nlohmann::ordered_json::array();
  for (const auto& name : session.config().database_names()) {
    if (!session.config().has_previews(name)) continue;
    const Commits commits(plan, name, gitops::manifests(session.config().render_plan(name)));
    const auto written = action == "remove" ? commits.remove(run, number, {"remove", {}})
                                            : commits.commit(run, pull, {}, {"commit", {}});
    list.push_back(as_json(name, written, run.mode()));
    if (!session.json()) session.result(told(name, written, run.mode()));
  }
  if (session.json()) {
    session.result(nlohmann::ordered_json{
        {"pull_request", number.value()}, {"dry_run", session.dry_run()}, {"databases", list}});
  }
  return 0;
}

}  // namespace

Command gitops_command() {
  return {
      .name = "gitops",
      .arguments = "commit|remove N",
      .least_arguments = 2,
      .most_arguments = 2,
      .summary = "commit a pull request's manifests to the GitOps repository",
      .details =
          "commit makes its folder hold what its labels ask for, remove makes it hold "
          "nothing; files that tidegate did not write are left alone. One commit on top of "
          "the branch's head for each database; none where nothing changes. The program git "
          "is needed.",
      .flags = {{"--labels", FlagValue::required, "NAMES", "its labels, with commas between them"},
                {"--state", FlagValue::required, "open|closed|merged", "its state (default open)"}},
      .examples = {{"tidegate gitops commit 42 --labels preview,use-snapshot --commit 4be1c02",
                    "what the labels ask for"},
                   {"tidegate gitops remove 42", "its folder is cleared"}},
      .needs = Needs::file,
      .run = run_gitops};
}

}  // namespace tidegate::cli
