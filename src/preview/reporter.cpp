#include "preview/reporter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::preview {
namespace {

/// Stops, other runs and locks are not reported: a reader of the pull request cannot fix them.
bool is_told(ErrorKind kind) {
  return kind != ErrorKind::cancelled && kind != ErrorKind::conflict && kind != ErrorKind::locked;
}

std::string with_number(std::string pattern, PullNumber number) {
  constexpr std::string_view k_number = "{number}";
  for (auto at = pattern.find(k_number); at != std::string::npos; at = pattern.find(k_number, at)) {
    pattern.replace(at, k_number.size(), std::to_string(number.value()));
  }
  return pattern;
}

void add_missing(std::vector<Notice>& to, const std::vector<Notice>& from) {
  for (const auto notice : from) {
    if (std::find(to.begin(), to.end(), notice) == to.end()) to.push_back(notice);
  }
}

/// `timeout,unreachable 4be1c02…`: the error kinds already reported for a commit, with one more.
std::string with_failure(const std::string& told, ErrorKind kind, const std::string& commit) {
  const std::string name(describe(kind).name);
  const auto ending = " " + commit;
  if (!told.ends_with(ending)) return name + ending;
  const auto kinds = told.substr(0, told.size() - ending.size());
  if (("," + kinds + ",").find("," + name + ",") != std::string::npos) return told;
  return kinds + "," + name + ending;
}

/// Identifies the content: two fills have different values.
std::string fingerprint(TargetContent held, const std::optional<Metadata>& metadata) {
  return fmt::format("{} {}", to_text(held), metadata ? metadata->run : "");
}

}  // namespace

PullRequestReporter::PullRequestReporter(Run& run, forge::Forge& forge, const SyncPlan& plan,
                                         const PullRequest& pull, std::string database)
    : run_(run),
      forge_(forge),
      plan_(plan),
      pull_(pull),
      database_(std::move(database)),
      status_comments_(forge.own_comments(run, pull.number, status_marker(plan.database))) {
  if (!status_comments_.empty()) remembered_ = reported_state_in(status_comments_.front().body);
}

ReportSubject PullRequestReporter::subject_of(const Decision& decision, TargetContent holds,
                                              const std::optional<Metadata>& metadata) const {
  return {.pull = pull_,
          .decision = decision,
          .database = database_,
          .holds = holds,
          .metadata = metadata,
          .before = remembered_.said};
}

void PullRequestReporter::begin(const Decision& decision, TargetContent held,
                                const std::optional<Metadata>& metadata) {
  if (decision.notices.empty()) return;
  const bool again =
      remembered_.pending == decision.notices && remembered_.afterwards == decision.afterwards;
  // The failure of the same work is told until it succeeds; that of other work is of the past.
  if (!remembered_.said.failure.empty() && again) return;
  remembered_.said.failure.clear();
  remembered_.pending = decision.notices;
  remembered_.afterwards = decision.afterwards;
  remembered_.before.clear();
  if (decision.action != Action::none) remembered_.before = fingerprint(held, metadata);
  auto subject = subject_of(decision, held, metadata);
  subject.working = true;
  stick(subject);
}

void PullRequestReporter::tell(const Decision& decision, TargetContent held, TargetContent holds,
                               const std::optional<Metadata>& metadata) {
  const auto topic = subject_of(decision, holds, metadata);
  std::vector<Notice> notices;
  // A process that died after it had done what it had noted, or others who did it. What was left
  // alone, because it was locked meanwhile, may look like what it should have become.
  const bool as_it_was_to_be = decision.action == Action::none ||
                               (held == TargetContent::nothing && decision.afterwards == held);
  const bool done_before = as_it_was_to_be && held == remembered_.afterwards &&
                           fingerprint(held, metadata) != remembered_.before;
  if (done_before) notices = remembered_.pending;
  add_missing(notices, decision.notices);
  post(notices, topic);
  remembered_.pending.clear();
  remembered_.afterwards = TargetContent::unknown;
  remembered_.before.clear();
  remembered_.said = decision.said;
  remembered_.said.failure.clear();
  remembered_.said.snapshot_run = metadata && metadata->snapshot ? metadata->snapshot->run : "";
  if (is_unheard_of(topic)) return;
  show(topic);
  stick(topic);
}

/// Nothing is reported on a pull request that has nothing to do with previews.
bool PullRequestReporter::is_unheard_of(const ReportSubject& topic) const {
  return status_comments_.empty() && topic.decision.notices.empty() && !topic.metadata &&
         !wants_preview(pull_, plan_.policy);
}

void PullRequestReporter::tell_failure(const Decision& decision, TargetContent holds,
                                       const std::optional<Metadata>& metadata,
                                       const Error& error) {
  if (!is_told(error.kind()) || (status_comments_.empty() && !wants_preview(pull_, plan_.policy)))
    return;
  const auto told = with_failure(remembered_.said.failure, error.kind(), pull_.commit);
  if (told == remembered_.said.failure) return;
  try {
    auto topic = subject_of(decision, holds, metadata);
    topic.failure = plan_.writer->clean(error.message());
    topic.hint = plan_.writer->clean(error.hint());
    post({Notice::failed}, topic);
    remembered_.said.failure = told;
    show(topic);
    stick(topic);
  } catch (const Error& another) {
    run_.log().warning("the failure could not be told on the pull request: " + another.message(),
                       {{"run", run_.id()}});
  }
}

void PullRequestReporter::post(const std::vector<Notice>& notices, const ReportSubject& topic) {
  for (const auto notice : notices) post_once(notice, topic);
  if (!notices.empty()) ++remembered_.told;
}

void PullRequestReporter::post_once(Notice notice, const ReportSubject& topic) {
  const auto marker = notice_marker(plan_.database, remembered_, notice);
  if (forge_.own_comments(run_, pull_.number, marker).empty()) {
    forge_.add_comment(run_, pull_.number, marker + "\n" + plan_.writer->notice(notice, topic));
  }
  // If two runs posted it at the same time, the first comment stays.
  auto told = forge_.own_comments(run_, pull_.number, marker);
  for (std::size_t i = 1; i < told.size(); ++i) forge_.remove_comment(run_, told[i].id);
}

void PullRequestReporter::stick(const ReportSubject& topic) {
  for (std::size_t i = 1; i < status_comments_.size(); ++i)
    forge_.remove_comment(run_, status_comments_[i].id);
  if (!status_comments_.empty()) status_comments_.resize(1);
  text_ = plan_.writer->status(topic);
  const auto body = sticky_body(status_marker(plan_.database), remembered_, text_);
  if (status_comments_.empty()) {
    status_comments_.push_back(forge_.add_comment(run_, pull_.number, body));
  } else if (status_comments_.front().body != body) {
    status_comments_.front().body = body;
    forge_.edit_comment(run_, status_comments_.front());
  }
}

void PullRequestReporter::show(const ReportSubject& topic) {
  const auto& showing = plan_.showing;
  if (!showing.status && !showing.deployment) return;
  using State = forge::Deployment::State;
  const bool failed = !topic.failure.empty();
  const bool there = topic.metadata.has_value();
  const auto verdict = failed ? forge::Verdict::failure : forge::Verdict::success;
  const auto says = failed ? topic.failure : topic.decision.reason;
  const auto shown = fmt::format("{} {} {}", pull_.commit, failed ? "failure" : "success",
                                 there ? topic.metadata->run : "");
  if (shown == remembered_.shown) return;
  const auto url = with_number(showing.url, pull_.number);
  if (showing.status) forge_.set_status(run_, {pull_.commit, verdict, says, url});
  if (showing.deployment) {
    const auto state = failed ? State::failure : there ? State::success : State::inactive;
    forge_.set_deployment(run_,
                          {pull_.commit, fmt::format("pr-{}", pull_.number.value()), url, state});
  }
  remembered_.shown = shown;
}

}  // namespace tidegate::preview
