#include "gitops/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/suggest.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/parse/pull_arguments.hpp"
#include "gitops/applications.hpp"
#include "gitops/folder.hpp"

namespace tidegate::cli {
namespace {

namespace fs = std::filesystem;

using gitops::compare;
using gitops::k_subjects;
using gitops::merge;
using gitops::preview_folder;
using gitops::Subject;

constexpr std::string_view k_preview = "preview";
/// The subjects that the arguments ask for, and the databases they are rendered for.
struct RenderRequest {
  std::vector<std::string> databases;
  std::vector<Subject> subjects;
  std::optional<PullRequest> pull;
  preview::ObservedTarget seen{};
  bool everything = false;  ///< nothing was named: what cannot be is left out
};

PullRequest pull_of(const CommandContext& session, const Invocation& invocation,
                    const std::string& number) {
  PullRequest pull{.number = pull_number(number),
                   .commit = session.config().given("--commit").value_or(""),
                   .labels = labels_of(invocation, k_preview)};
  const auto state = invocation.value("--state").value_or("open");
  pull.state = parse_pull_state(state).value_or(PullState::open);
  return pull;
}

Error unknown_subject(const std::string& what) {
  std::vector<std::string> all{std::string(k_preview)};
  for (const auto subject : k_subjects) all.emplace_back(to_text(subject));
  const auto meant = did_you_mean(what, all);
  return Error(ErrorKind::usage, fmt::format("'{}' cannot be rendered", what),
               meant ? fmt::format("did you mean '{}'?", *meant)
                     : fmt::format("use one of {}", quote_list(all)));
}

void take_subject(RenderRequest& asked, const std::string& what) {
  for (const auto subject : k_subjects) {
    if (to_text(subject) == what) asked.subjects.push_back(subject);
  }
  if (what == k_preview && !asked.pull) {
    throw Error(ErrorKind::usage, "which preview is to be rendered?", "such as --pr 42");
  }
  if (asked.subjects.empty() && what != k_preview) throw unknown_subject(what);
}

RenderRequest asked_for(const CommandContext& session, const Invocation& invocation) {
  RenderRequest asked;
  if (const auto number = invocation.value("--pr")) {
    asked.pull = pull_of(session, invocation, *number);
  }
  asked.seen.holds = preview::parse_content(invocation.value("--database").value_or(""))
                         .value_or(preview::TargetContent::unknown);
  auto what = invocation.arguments.empty() ? std::string() : invocation.arguments.front();
  std::optional<std::string> database;
  if (const auto slash = what.find('/'); slash != std::string::npos) {
    database = what.substr(0, slash);
    what.erase(0, slash + 1);
  }
  asked.databases = session.config().databases(database);
  if (!what.empty()) {
    take_subject(asked, what);
  } else if (!asked.pull) {
    asked.everything = true;
    asked.subjects.assign(k_subjects.begin(), k_subjects.end());
  }
  return asked;
}

struct Rendered {
  gitops::Files files;
  std::set<std::string> folders;
};

/// Whether a subject is rendered. Without a directory, workflows are rendered only by name, since
/// the output is for a cluster.
bool has_place(const CommandContext& session, const Invocation& invocation,
               const RenderRequest& asked, const RenderPlan& plan, Subject subject) {
  if (!asked.everything) return true;
  if (subject == Subject::producer && plan.producer.schedule.empty()) {
    session.screen().note(
        fmt::format("'{}' has no 'snapshot.schedule': no CronJob is rendered for it", plan.name));
    return false;
  }
  const bool kept = invocation.has("--out") || invocation.has("--check") || session.json();
  return subject != Subject::workflows || kept;
}

Rendered rendered(const CommandContext& session, const Invocation& invocation) {
  const auto asked = asked_for(session, invocation);
  Rendered result;
  for (const auto& name : asked.databases) {
    const auto plan = session.config().render_plan(name);
    auto subjects = asked.subjects;
    std::erase_if(subjects, [&](Subject subject) {
      return !has_place(session, invocation, asked, plan, subject);
    });
    merge(result.files, render(plan, subjects));
    const auto folders = folders_of(plan, subjects);
    result.folders.insert(folders.begin(), folders.end());
    if (!asked.pull || !subjects.empty() || !plan.topology.previews) continue;
    const auto folder = preview_folder(plan, asked.pull->number);
    const auto intent = gitops::intent(*asked.pull, asked.seen, plan.pulls);
    const auto directory = invocation.value(invocation.has("--out") ? "--out" : "--check");
    // A preview without a folder was never rendered: no end has to be recorded.
    if (intent.over && directory && !fs::exists(fs::path(*directory) / folder)) continue;
    merge(result.files, render_preview(plan, intent));
    result.folders.insert(folder);
  }
  const auto out = invocation.value("--out"), against = invocation.value("--check");
  if (asked.everything && (out || against)) {
    const auto folders = gitops::folders_in(out ? *out : *against);
    result.folders.insert(folders.begin(), folders.end());
  }
  return result;
}

nlohmann::ordered_json as_json(const std::vector<gitops::Drift>& drifts) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& drift : drifts) {
    list.push_back({{"file", drift.path}, {"what", to_text(drift.what)}});
  }
  return list;
}

int check(const CommandContext& session, const Rendered& rendered, const std::string& directory) {
  const auto drifts = compare(rendered.files, rendered.folders, directory);
  if (session.json()) {
    session.result(nlohmann::ordered_json{{"directory", directory},
                                          {"equal", drifts.empty()},
                                          {"files", rendered.files.size()},
                                          {"differences", as_json(drifts)}});
  } else {
    for (const auto& drift : drifts) {
      session.result(fmt::format("{:<8} {}", to_text(drift.what), drift.path));
    }
    if (drifts.empty()) {
      session.result(fmt::format("{} files in '{}' are as they are rendered", rendered.files.size(),
                                 directory));
    } else {
      session.screen().note(
          fmt::format("  hint: 'tidegate render --out {}' writes them again", directory));
    }
  }
  return drifts.empty() ? 0 : describe(ErrorKind::verification).exit_code;
}

int write_files(const CommandContext& session, const Rendered& rendered,
                const std::string& directory) {
  const auto changes = session.dry_run()
                           ? compare(rendered.files, rendered.folders, directory)
                           : gitops::write(rendered.files, rendered.folders, directory);
  if (session.json()) {
    nlohmann::ordered_json document{
        {"directory", directory}, {"files", rendered.files.size()}, {"changes", as_json(changes)}};
    if (session.dry_run()) document["dry_run"] = true;
    session.result(document);
    return 0;
  }
  for (const auto& change : changes) {
    const bool removed = change.what == gitops::Difference::extra;
    session.result(fmt::format("{} {}", removed ? "removed" : "wrote", change.path));
  }
  session.screen().note(fmt::format("{} of {} files {}", changes.size(), rendered.files.size(),
                                    session.dry_run() ? "would change: dry run" : "changed"));
  return 0;
}

int print(const CommandContext& session, const Rendered& rendered) {
  if (session.json()) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& [path, text] : rendered.files) {
      list.push_back({{"path", path}, {"content", text}});
    }
    session.document(nlohmann::ordered_json{{"files", list}});
    return 0;
  }
  std::string all;
  for (const auto& [path, text] : rendered.files) {
    if (gitops::is_application_file(path)) continue;  // kubectl must accept the output
    all += fmt::format("---\n# {}\n{}", path, text);
  }
  session.document(all);
  return 0;
}

int run_render(CommandContext& session, const Invocation& invocation) {
  const auto out = invocation.value("--out");
  const auto against = invocation.value("--check");
  if (out && against) {
    throw Error(ErrorKind::usage, "both '--out' and '--check' are given", "keep one of the two");
  }
  if (against && against->empty()) {
    throw Error(ErrorKind::usage, "'--check' needs a directory", "such as --check deploy");
  }
  const auto result = rendered(session, invocation);
  if (against) return check(session, result, *against);
  if (out) return write_files(session, result, *out);
  return print(session, result);
}

}  // namespace

Command render_command() {
  return {
      .name = "render",
      .arguments = "[[DB/]WHAT]",
      .most_arguments = 1,
      .summary = "write the manifests of Kubernetes and GitOps",
      .details =
          "WHAT is producer, targets, policies, workflows, sweep, alerts, or with --pr preview; "
          "everything but previews when it is left out. No cluster is asked, and the same file "
          "gives the same bytes. Without --out they go to standard output (workflows only when "
          "they are named). --check compares a directory with what would be written, names each "
          "file that differs, is missing or is extra, and ends with exit code 10 if there is one.",
      .flags = {{"--out", FlagValue::required, "DIR", "write files into this directory"},
                {"--check", FlagValue::optional, "DIR", "compare this directory instead"},
                {"--pr", FlagValue::required, "N", "the files of this pull request"},
                {"--labels", FlagValue::required, "NAMES",
                 "its labels, with commas between them (default preview)"},
                {"--state", FlagValue::required, "open|closed|merged", "its state (default open)"},
                {"--database", FlagValue::required, "none|seed|snapshot|unknown",
                 "what its database holds; none: a locked one is filled once"},
                {"--set", FlagValue::repeated, "KEY=VALUE",
                 "a value in place of the file's; may be given again"}},
      .examples = {{"tidegate render --out deploy", "all but previews"},
                   {"tidegate render --pr 42 --labels preview,use-snapshot --commit 4be1c02 "
                    "--out deploy",
                    "a pull request's files"},
                   {"tidegate render --check deploy", "in CI: is what is committed still right?"},
                   {"tidegate render policies --set render.policies=native", "to read"}},
      .needs = Needs::file,
      .run = run_render};
}

}  // namespace tidegate::cli
