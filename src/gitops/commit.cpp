#include "gitops/commit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gitops/applications.hpp"
#include "gitops/render.hpp"
#include "preview/sync.hpp"

namespace tidegate::gitops {
namespace {

constexpr std::string_view k_open = "{{", k_close = "}}";
constexpr std::string_view k_names = "number, action, commit and reason";
constexpr std::size_t k_digits = 7;  // of a commit, for people

std::string first_digits(const std::string& commit) { return commit.substr(0, k_digits); }

std::string own_message(const MessageValues& values) {
  auto text = fmt::format("{} pr-{}", values.action, values.number.value());
  if (!values.commit.empty()) text += fmt::format(" at {}", first_digits(values.commit));
  if (!values.reason.empty()) text += fmt::format("\n\n{}", values.reason);
  return text;
}

std::string value_of(std::string_view name, const MessageValues& values) {
  if (name == "number") return std::to_string(values.number.value());
  if (name == "action") return values.action;
  if (name == "commit") return values.commit;
  if (name == "reason") return values.reason;
  throw Error(ErrorKind::config, fmt::format("'gitops.message' has no value '{}'", name),
              fmt::format("there are {}", k_names));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Every file must carry the mark, or a later commit would not recognise it as ours.
void check_marks(const Files& files) {
  for (const auto& [path, text] : files) {
    if (text.starts_with(k_mark)) continue;
    throw Error(ErrorKind::internal, fmt::format("'{}' does not begin with '{}'", path, k_mark));
  }
}

std::string text_at(const Files& there, std::string_view path) {
  const auto found = there.find(std::string(path));
  return found == there.end() ? "" : found->second;
}

/// `since` may be from another machine's clock, or from before the clock was set back.
bool is_within(SystemTime since, SystemTime now, std::chrono::minutes limit) {
  return now - since < limit && since - now < limit;
}

std::chrono::minutes patience(int attempt) {
  constexpr std::chrono::minutes k_day{24 * 60};
  constexpr int k_most_doublings = 6;
  return std::min(k_day, k_asked_again * (1 << std::clamp(attempt - 1, 0, k_most_doublings)));
}

/// When the cleanup Job was last asked for.
SystemTime asked_at(const PreviewEnd& end) { return end.again ? end.again->when : end.since; }
int attempt_of(const PreviewEnd& end) { return end.again ? end.again->attempt : 1; }

/// Where the jobs' Application went without its cleanup, or that failed, the database is still
/// there: the Application comes again, to go again.
bool is_overdue(const Files& there, const PreviewEnd& end, SystemTime now) {
  return !there.contains(std::string(k_jobs_file)) &&
         !is_within(asked_at(end), now, patience(attempt_of(end)));
}

/// An Application runs while it goes only hooks that it has compared before.
bool has_to_compare(const Files& there, const std::optional<PreviewEnd>& before, SystemTime now) {
  if (!there.contains(std::string(k_jobs_file))) return false;
  return !there.contains(std::string(k_cleanup_file)) ||
         (before && is_within(asked_at(*before), now, k_compared));
}

}  // namespace

Manifests manifests(RenderPlan plan) {
  return [plan = std::move(plan)](const PullRequest& pull, Data data,
                                  const std::optional<FillRequest>& ask) {
    const auto holds =
        data == Data::fill_once ? preview::TargetContent::nothing : preview::TargetContent::unknown;
    auto asked = intent(pull, {.holds = holds}, plan.pulls);
    if (data == Data::left) asked.fill = Fill::nothing;
    asked.ask = ask;
    Deployment deployment{{}, asked.over, preview::wants_preview(pull, plan.pulls)};
    const auto above = preview_folder(plan, pull.number) + "/";
    for (auto& [path, text] : render_preview(plan, asked)) {
      deployment.files.emplace(path.starts_with(above) ? path.substr(above.size()) : path,
                               std::move(text));
    }
    return deployment;
  };
}

std::string commit_message(const std::string& wording, const MessageValues& values) {
  if (wording.empty()) return own_message(values);
  std::string text;
  std::string_view rest = wording;
  for (auto open = rest.find(k_open); open != rest.npos; open = rest.find(k_open)) {
    const auto close = rest.find(k_close, open);
    if (close == rest.npos) {
      throw Error(ErrorKind::config, "'gitops.message' has a '{{' without its '}}'",
                  "such as '{{action}} pr-{{number}}'");
    }
    text += rest.substr(0, open);
    const auto begin = open + k_open.size();
    text += value_of(trimmed(rest.substr(begin, close - begin)), values);
    rest.remove_prefix(close + k_close.size());
  }
  return text.append(rest);
}

std::string folder_of(const GitopsPlan& plan, const std::string& database, PullNumber number) {
  auto folder = plan.folder;
  const auto at = folder.find(k_number_mark);
  if (at == std::string::npos) {
    throw Error(ErrorKind::config,
                fmt::format("'gitops.folder' is '{}', without {{number}} in it", plan.folder),
                "each pull request has a folder of its own, such as previews/pr-{number}");
  }
  folder.replace(at, k_number_mark.size(), std::to_string(number.value()));
  return folder + "/" + database;
}

Commits::Commits(GitopsPlan plan, std::string database, Manifests manifests,
                 std::shared_ptr<Repository> repository)
    : plan_(std::move(plan)),
      database_(std::move(database)),
      manifests_(std::move(manifests)),
      repository_(std::move(repository)) {
  const auto some = *PullNumber::parse("1");
  folder_of(plan_, database_, some);
  commit_message(plan_.message, {.number = some});
  if (!repository_) repository_ = std::make_shared<Repository>(plan_);
}

CommitResult Commits::commit(Run& run, const PullRequest& pull, const DesiredPreview& wanted,
                             const CommitReason& why) const {
  const auto now = run.clock().now();
  const auto deployment = manifests_(pull, wanted.data, FillRequest{now});
  if (deployment.over) return end(run, pull, RemainingData::database, why);
  bool to_come = false;
  int attempt = 1;
  const auto wish = [&](const Files& there) -> std::optional<Files> {
    to_come = false;
    attempt = 1;
    if (!deployment.wanted && there.empty()) return std::nullopt;
    const auto before = ask_in(text_at(there, k_intent_file));
    if (before && wanted.data == Data::left && !(wanted.filled >= before->when)) {
      auto pending = manifests_(pull, Data::as_deployed, before).files;
      to_come = ask_in(text_at(pending, k_intent_file)).has_value();  // not where it is locked
      attempt = before->attempt;
      if (to_come) return pending;
    }
    if (!before || wanted.again) return deployment.files;
    const auto same = manifests_(pull, wanted.data, before).files;
    if (same != there) return deployment.files;
    attempt = before->attempt;
    if (now - before->when < patience(attempt)) return std::nullopt;
    return manifests_(pull, wanted.data, FillRequest{now, ++attempt}).files;
  };
  auto written = put(run, wish, {pull.number, why.action, pull.commit, why.reason});
  written.to_come = to_come;
  written.attempt = attempt;
  return written;
}

CommitResult Commits::end(Run& run, const PullRequest& pull, RemainingData remains,
                          const CommitReason& why) const {
  const auto now = run.clock().now();
  const auto deployment = manifests_(pull, Data::left, {});
  int attempt = 1;
  const auto wish = [&](const Files& there) -> std::optional<Files> {
    if (there.empty()) return std::nullopt;
    const auto before = end_in(text_at(there, k_ended_file));
    auto end = before.value_or(PreviewEnd{now});
    bool shown = has_to_compare(there, before, now);
    if (remains == RemainingData::database) {
      end.gone.reset();
      if (is_overdue(there, end, now)) {
        end.again = FillRequest{now, attempt_of(end) + 1};
        shown = true;
      }
    } else if (!end.gone) {
      end.gone = now;
    }
    attempt = attempt_of(end);
    if (end.gone && !is_within(*end.gone, now, k_going)) return Files{};
    auto files = deployment.files;
    files[std::string(k_ended_file)] = end_text(end);
    const auto access = files.find(std::string(k_access_file));
    if (shown && access != files.end()) files[std::string(k_jobs_file)] = access->second;
    return files;
  };
  auto written = put(run, wish, {pull.number, why.action, "", why.reason});
  written.attempt = attempt;
  return written;
}

CommitResult Commits::remove(Run& run, PullNumber number, const CommitReason& why) const {
  return put(run, [](const Files&) { return Files{}; }, {number, why.action, "", why.reason});
}

std::set<PullNumber> Commits::standing(Run& run) const {
  const auto at = plan_.folder.find(k_number_mark);
  const auto before = plan_.folder.substr(0, at);
  const auto after = fmt::format("{}/{}/{}", plan_.folder.substr(at + k_number_mark.size()),
                                 database_, k_access_file);
  const auto slash = before.rfind('/');
  const auto folder = slash == std::string::npos ? "" : before.substr(0, slash);
  std::set<PullNumber> numbers;
  for (const auto& path : repository_->paths(run, folder)) {
    if (!path.starts_with(before) || !path.ends_with(after)) continue;
    if (path.size() <= before.size() + after.size()) continue;
    const auto digits = path.substr(before.size(), path.size() - before.size() - after.size());
    if (const auto number = PullNumber::parse(digits)) numbers.insert(*number);
  }
  return numbers;
}

CommitResult Commits::put(Run& run, const DesiredFiles& wish, const MessageValues& values) const {
  const auto marked = [&](const Files& there) {
    auto files = wish(there);
    if (files) check_marks(*files);
    return files;
  };
  return repository_->replace(run, folder_of(plan_, database_, values.number), marked,
                              commit_message(plan_.message, values));
}

std::string said(const CommitResult& written, Mode mode) {
  if (!written.changed) return "nothing to change";
  if (mode == Mode::dry_run) return "a commit would ask for it";
  return fmt::format("commit {} asks for it", first_digits(written.commit));
}

}  // namespace tidegate::gitops
