#include "cli/parse/commands.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace tidegate::cli {
namespace {

using Value = LocalFlag::Value;

constexpr std::string_view k_targets =
    "TARGET is pr-<number> (the preview of a pull request) or a named target of the "
    "configuration. The database's name (DB/) may be left out where the file has one.";

const std::vector<Command>& table() {
  static const std::vector<Command> rows{
      {.name = "init",
       .arguments = "",
       .summary = "write a commented tidegate.yaml to start from",
       .details = "Writes ./tidegate.yaml, or the file that --output or --config names, and never "
                  "overwrites one. Connection strings in it are variables, so that the file can be "
                  "shared. With --dry-run it goes to standard output.",
       .flags = {{"--engine", Value::required, "mongodb|postgresql",
                  "which kind of server holds the database (default mongodb)"},
                 {"--output", Value::required, "FILE", "where to write it"}},
       .examples = {{"tidegate init", "a file for MongoDB in this directory"},
                    {"tidegate init --dry-run", "only show it"}},
       .run = run_init},
      {.name = "check",
       .arguments = "[DB[/pr-N]]",
       .most_arguments = 1,
       .summary = "ask every server what would stop a run: reach, rights, space, patterns",
       .details =
           "Writes nothing. Reports the version, every right that is missing and every one too "
           "many, space, clocks and mistakes in patterns. With pr-N, of the credential of that "
           "preview, where each has its own. --grants prints the statements that "
           "create exactly the users needed, without connecting; --grants atlas prints them as "
           "objects for the operator of MongoDB Atlas.",
       .flags = {{"--grants", Value::optional, "statements|atlas",
                  "print what creates exactly the users needed"}},
       .examples = {{"tidegate check", "all databases of the file"},
                    {"tidegate check syrf/pr-1", "with the credential of that preview"},
                    {"tidegate check syrf --grants > users.js", "for an administrator to run"}},
       .needs = Needs::file,
       .run = run_check},
      {.name = "snapshot",
       .arguments = "[DB]",
       .most_arguments = 1,
       .summary = "take a verified snapshot of production",
       .details = "Copies on the server under temporary names, verifies, then publishes in one "
                  "step. On any failure the previous snapshot is still the published one. "
                  "Production is only read. Where snapshots are archives, one appears when it is "
                  "whole, and only then old ones go; --explain says which would, and why.",
       .flags = {{"--explain", Value::none, "",
                  "say which archives stay and which go, and why; take none, remove none"}},
       .examples = {{"tidegate snapshot", "of the only database of the file"},
                    {"tidegate snapshot syrf --dry-run", "say each step, write nothing"},
                    {"tidegate snapshot syrf --wait 10m", "wait for another run to end first"}},
       .needs = Needs::file,
       .run = run_snapshot},
      {.name = "restore",
       .arguments = "[DB/]TARGET",
       .least_arguments = 1,
       .most_arguments = 1,
       .summary = "fill a target from the snapshot",
       .details = k_targets,
       .examples = {{"tidegate restore pr-42 --commit 4be1c02", "the preview of pull request 42"},
                    {"tidegate restore syrf/staging --yes", "a named target, without asking"}},
       .needs = Needs::file,
       .run = run_restore},
      {.name = "drop",
       .arguments = "[DB/]TARGET",
       .least_arguments = 1,
       .most_arguments = 1,
       .summary = "drop a target; success when it is already gone",
       .details = k_targets,
       .flags = {{"--going", Value::none, "",
                  "for a hook that others wait for: success too when the target is locked, or when "
                  "the server does not know its user any more"}},
       .examples =
           {{"tidegate drop pr-42", "the preview of pull request 42"},
            {"tidegate drop pr-42 --seed --commit 4be1c02",
             "leave it empty, marked for the application to seed; or seeded, as configured"}},
       .needs = Needs::file,
       .run = run_drop},
      {.name = "status",
       .arguments = "[DB[/TARGET]]",
       .most_arguments = 1,
       .summary = "the snapshot and everything filled from it: age, source, locks, staleness",
       .details = "Writes nothing. Facts that cannot be read (a variable is not set, a server does "
                  "not answer) are shown as unproven. TARGET may also be the word snapshot.",
       .flags = {{"--runs", Value::optional, "N",
                  "show the last N runs (20) that the journal has recorded"},
                 {"--check", Value::none, "",
                  "ask the daemon on this machine how it does: one line, exit code 0 when all is "
                  "well; for the health check of a container"}},
       .examples = {{"tidegate status", "everything"},
                    {"tidegate status syrf/pr-42 --json", "one target, for a script"},
                    {"tidegate status --runs 5", "what ran lately"},
                    {"tidegate status --check", "is the daemon well?"}},
       .needs = Needs::file,
       .run = run_status},
      {.name = "verify",
       .arguments = "[DB/]TARGET",
       .least_arguments = 1,
       .most_arguments = 1,
       .summary = "compare a target, or the snapshot, with what it should be",
       .details = "Down to the documents; writes nothing. TARGET is pr-<number>, a named target, "
                  "or the word snapshot. Differences give exit code 10. Of archives every byte is "
                  "read; --restore restores the newest, or the one that --from names, into a "
                  "scratch database, compares it and drops it.",
       .flags = {{"--restore", Value::none, "",
                  "prove an archive by restoring it into a scratch database"}},
       .examples = {{"tidegate verify snapshot", "is the snapshot still whole?"},
                    {"tidegate verify syrf/pr-42", "has this preview been changed?"}},
       .needs = Needs::file,
       .run = run_verify},
      {.name = "render",
       .arguments = "[[DB/]WHAT]",
       .most_arguments = 1,
       .summary = "write the manifests of Kubernetes and GitOps",
       .details =
           "WHAT is producer, targets, policies, workflows, sweep, alerts, or with --pr preview; "
           "everything but previews when it is left out. No cluster is asked, and the same file "
           "gives the same bytes. Without --out they go to standard output (workflows only when "
           "they are named). --check compares a directory with what would be written, names each "
           "file that differs, is missing or is extra, and ends with exit code 10 if there is one.",
       .flags = {{"--out", Value::required, "DIR", "write files into this directory"},
                 {"--check", Value::optional, "DIR", "compare this directory instead"},
                 {"--pr", Value::required, "N", "the files of this pull request"},
                 {"--labels", Value::required, "NAMES",
                  "its labels, with commas between them (default preview)"},
                 {"--state", Value::required, "open|closed|merged", "its state (default open)"},
                 {"--database", Value::required, "none|seed|snapshot|unknown",
                  "what its database holds; none: a locked one is filled once"},
                 {"--set", Value::repeated, "KEY=VALUE",
                  "a value in place of the file's; may be given again"}},
       .examples = {{"tidegate render --out deploy", "all but previews"},
                    {"tidegate render --pr 42 --labels preview,use-snapshot --commit 4be1c02 "
                     "--out deploy",
                     "a pull request's files"},
                    {"tidegate render --check deploy", "in CI: is what is committed still right?"},
                    {"tidegate render policies --set render.policies=native", "to read"}},
       .needs = Needs::file,
       .run = run_render},
      {.name = "pr plan",
       .arguments = "[DB/]N",
       .least_arguments = 1,
       .most_arguments = 1,
       .summary = "say what would be done for pull request N, from flags alone",
       .details =
           "Asks neither GitHub nor a server: the flags describe the state. Labels are called as "
           "in the configuration file, where there is one. With --json, \"said\" is the state to "
           "remember between two calls: hand it to the next one with --said.",
       .flags = {{"--state", Value::required, "open|closed|merged",
                  "whether it is open (the default)"},
                 {"--labels", Value::maybe_empty, "A,B,C", "its labels"},
                 {"--commit", Value::maybe_empty, "SHA", "the head of its branch"},
                 {"--draft", Value::none, "", "it is a draft"},
                 {"--fork", Value::none, "", "its branch is in another repository"},
                 {"--database", Value::required, "none|seed|snapshot|unknown",
                  "what its database holds; unknown: that could not be asked"},
                 {"--database-commit", Value::maybe_empty, "SHA",
                  "the commit that the database was made for"},
                 {"--said", Value::maybe_empty, "JSON", "what was said before"},
                 {"--now", Value::none, "", "as if a person asked for the current source"}},
       .examples = {{"tidegate pr plan 42 --labels preview --database none", "a first look"},
                    {"tidegate pr plan 42 --state closed --labels persist-db --database snapshot",
                     "closed while it is locked"}},
       .needs = Needs::file_if_there,
       .run = run_pr_plan},
      {.name = "pr sync",
       .arguments = "[DB/]N",
       .least_arguments = 1,
       .most_arguments = 1,
       .summary = "bring the preview of pull request N to what its labels ask for",
       .details =
           "Reads the pull request and the database, decides, fills or drops, puts back labels "
           "that "
           "a lock forbids to change, and reports the outcome in comments. The lock is read again "
           "right before anything is destroyed; where GitHub cannot be asked, that counts as "
           "locked. May be run again at any time: a preview that is right already is left alone, "
           "and nothing is reported twice.",
       .flags = {{"--now", Value::none, "",
                  "apply the current source although no new commit has come"}},
       .examples = {{"tidegate pr sync 42", "the previews of all databases of the file"},
                    {"tidegate pr sync syrf/42 --dry-run", "only say what would be done"}},
       .needs = Needs::file,
       .run = run_pr_sync},
      {.name = "pr event",
       .arguments = "[DB]",
       .most_arguments = 1,
       .summary = "the same for the pull request of a GitHub Actions event",
       .details =
           "Takes nothing but the number from GITHUB_EVENT_PATH, and reads the rest from GitHub. "
           "Writes number, action, database, source, locked, reason and outcome to GITHUB_OUTPUT, "
           "the status to GITHUB_STEP_SUMMARY, and a failure as an annotation. Needs no checkout.",
       .examples = {{"tidegate pr event", "in a workflow on pull_request"}},
       .needs = Needs::file,
       .run = run_pr_event},
      {.name = "reconcile",
       .arguments = "[DB]",
       .most_arguments = 1,
       .summary = "bring every preview to what its pull request asks for",
       .details =
           "Looks at all open pull requests and at every database of the pattern, so that lost "
           "events do not matter. A failure does not stop the others; the exit code is that of the "
           "first failure.",
       .examples = {{"tidegate reconcile", "by hand, or by cron"},
                    {"tidegate reconcile --dry-run", "what would be done"}},
       .needs = Needs::file,
       .run = run_reconcile},
      {.name = "sweep",
       .arguments = "[DB|[DB/]pr-N...]",
       .most_arguments = 1000,
       .summary = "list databases of closed or unlabelled pull requests; drop them with --apply",
       .details =
           "Keeps databases that are locked or in doubt; and, unless they are named, those of pull "
           "requests closed within 'previews.grace' and those that tidegate did not fill.",
       .flags = {{"--apply", Value::none, "", "drop what may be dropped"}},
       .examples = {{"tidegate sweep", "only list them"},
                    {"tidegate sweep --apply", "drop what is left over"},
                    {"tidegate sweep pr-98 --apply", "this one too, whatever filled it"}},
       .needs = Needs::file,
       .run = run_sweep},
      {.name = "gitops",
       .arguments = "commit|remove N",
       .least_arguments = 2,
       .most_arguments = 2,
       .summary = "commit a pull request's manifests to the GitOps repository",
       .details =
           "commit makes its folder hold what its labels ask for, remove makes it hold "
           "nothing; files that tidegate did not write are left alone. One commit on top of "
           "the branch's head for each database; none where nothing changes. The program git "
           "is needed.",
       .flags = {{"--labels", Value::required, "NAMES", "its labels, with commas between them"},
                 {"--state", Value::required, "open|closed|merged", "its state (default open)"}},
       .examples = {{"tidegate gitops commit 42 --labels preview,use-snapshot --commit 4be1c02",
                     "what the labels ask for"},
                    {"tidegate gitops remove 42", "its folder is cleared"}},
       .needs = Needs::file,
       .run = run_gitops},
      {.name = "serve",
       .arguments = "",
       .summary = "the daemon: takes snapshots when they are due",
       .details =
           "Takes the snapshot of every database that has a schedule (UTC), tries again after a "
           "failure until it succeeds or the next one is due, and catches up once on snapshots "
           "that were missed while it was not running. Without a file the environment alone is "
           "used (SNAPSHOT_ENABLED, DATABASE_URL ...). /healthz and /readyz report its health. "
           "SIGTERM stops and discards a running snapshot, SIGHUP reads the configuration again.",
       .examples = {{"tidegate serve", "what the configuration says"},
                    {"tidegate serve --listen :8080", "health pages for other machines too"}},
       .needs = Needs::file,
       .run = run_serve},
      {.name = "config",
       .arguments = "show|check|schema",
       .least_arguments = 1,
       .most_arguments = 1,
       .choices = "show|check|schema",
       .summary = "effective values and where each comes from; validation; a JSON Schema",
       .details = "show prints every value with its origin, secrets hidden. check only reads and "
                  "validates. schema prints a JSON Schema of the file, for editors.",
       .examples = {{"tidegate config show", "what would be used, and why"},
                    {"tidegate config schema > tidegate.schema.json", "for an editor"}},
       .needs = Needs::file,
       .run = run_config},
      {.name = "demo",
       .arguments = "",
       .summary = "the whole story on a throwaway server with sample data",
       .details = "Finds a server program (mongod, else a MongoDB-compatible test server that "
                  "./dev setup has installed; or Debian's PostgreSQL), starts it on a free "
                  "loopback port in a temporary directory, and shows snapshot, restore, verify, a "
                  "failure, an archive and a refusal. With --uri it runs on your own server, in "
                  "databases named tidegate_demo_… that are dropped afterwards.",
       .flags = {{"--engine", Value::required, "mongodb|postgresql",
                  "which kind of server to show it on (default mongodb)"},
                 {"--keep", Value::none, "", "leave server and databases, and say how to go on"},
                 {"--uri", Value::required, "URI", "use this server instead of a throwaway one"}},
       .examples = {{"tidegate demo", "under a minute, nothing to configure"},
                    {"tidegate demo --engine postgresql", "the same on PostgreSQL"},
                    {"tidegate demo --keep", "and then try it yourself"}},
       .run = run_demo},
      {.name = "help",
       .arguments = "[COMMAND|errors]",
       .most_arguments = 2,
       .summary = "this list, one command, or the kinds of errors",
       .details = "help errors lists every kind of error with its exit code.",
       .run = run_help},
      {.name = "version",
       .arguments = "",
       .summary = "the version",
       .details = "",
       .run = run_version},
      {.name = "completion",
       .arguments = "bash|zsh|fish",
       .least_arguments = 1,
       .most_arguments = 1,
       .choices = "bash|zsh|fish",
       .summary = "a completion script for a shell",
       .details = "",
       .examples = {{"source <(tidegate completion bash)", "for this shell"}},
       .run = run_completion},
  };
  return rows;
}

constexpr std::array<Group, 1> k_groups{{{"pr", "pull requests: what their labels ask for"}}};

}  // namespace

std::span<const Command> commands() { return table(); }

std::string option_name(const Command& command) {
  std::string name(command.name);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::span<const Group> groups() { return k_groups; }

const Group* find_group(std::string_view name) {
  const auto* found = std::find_if(k_groups.begin(), k_groups.end(),
                                   [&](const Group& group) { return group.name == name; });
  return found == k_groups.end() ? nullptr : found;
}

std::vector<std::string> second_words(const Group& group) {
  std::vector<std::string> words;
  for (const auto& command : table()) {
    const auto space = command.name.find(' ');
    if (space != std::string_view::npos && command.name.substr(0, space) == group.name) {
      words.emplace_back(command.name.substr(space + 1));
    }
  }
  return words;
}

std::vector<std::string> first_words() {
  std::vector<std::string> words;
  for (const auto& command : table()) {
    std::string word(command.name.substr(0, command.name.find(' ')));
    if (words.empty() || words.back() != word) words.push_back(std::move(word));
  }
  return words;
}

const Command* find_command(std::string_view name) {
  for (const auto& command : table()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> parts;
  std::istringstream text{std::string(choices)};
  for (std::string part; std::getline(text, part, '|');) parts.push_back(part);
  return parts;
}

}  // namespace tidegate::cli
