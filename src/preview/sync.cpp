#include "preview/sync.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "preview/reporter.hpp"

namespace tidegate::preview {
namespace {

/// The maximum number of starts when the pull request changes during a sync.
constexpr int k_most_starts = 3;

/// The properties of a pull request that affect the decision.
struct Relevant {
  PullState state = PullState::open;
  std::string commit;
  bool fork = false, preview = false, snapshot = false, lock = false;
  friend bool operator==(const Relevant&, const Relevant&) = default;
};

Relevant relevant(const PullRequest& pull, const LabelNames& names) {
  return {pull.state,
          pull.commit,
          pull.fork,
          has_label(pull.labels, names.preview),
          has_label(pull.labels, names.snapshot),
          has_label(pull.labels, names.lock)};
}

/// The failure that a run has recorded in its target, by a version that may know other kinds.
Error error_of(const FailureRecord& failure) {
  for (const auto& row : k_error_kinds) {
    if (row.name == failure.kind) return {row.kind, failure.message, failure.hint};
  }
  return {ErrorKind::remote, failure.message, failure.hint};
}

Error overtaken(PullNumber number) {
  return {ErrorKind::conflict,
          fmt::format("pull request {} was changed while its preview was being worked on; what its "
                      "database holds was left as it is",
                      number.value()),
          "run the command again"};
}

/// One pass over a pull request: read, decide, apply, report.
class SyncPass {
 public:
  SyncPass(Run& run, forge::Forge& forge, PreviewBackend& backend, const SyncPlan& plan,
           PullNumber number)
      : run_(run),
        forge_(forge),
        backend_(backend),
        plan_(plan),
        number_(number),
        pull_(forge.pull_request(run, number)),
        reporter_(run, forge, plan, pull_, backend.database(number)) {}

  /// Runs the pass. A failure is reported on the pull request and thrown.
  SyncResult act(Trigger asked);
  /// Whether act() threw because the pull request has changed.
  bool overtaken() const { return overtaken_; }

 private:
  void do_all(Trigger asked);
  void decide_now(Trigger asked);
  void change_labels();
  void carry_out(Trigger asked);
  void tell_what_failed();
  void require_unchanged(Run& run);
  std::optional<LockRecord> lock() const;

  Run& run_;
  forge::Forge& forge_;
  PreviewBackend& backend_;
  const SyncPlan& plan_;
  PullNumber number_;
  PullRequest pull_;
  PullRequestReporter reporter_;
  Relevant expected_{};
  std::optional<PreviewState> standing_;
  std::optional<Metadata> metadata_;
  Decision decision_;
  std::string says_;
  bool overtaken_ = false, in_doubt_ = false;
  TargetContent holds_ = TargetContent::unknown;  ///< now, as far as this pass knows
  bool to_come_ = false;                          ///< asked for, and done by others
  int attempt_ = 1;                               ///< how often they were asked
};

std::optional<LockRecord> SyncPass::lock() const {
  if (!decision_.locked) return std::nullopt;
  return LockRecord{plan_.policy.labels.lock, run_.clock().now()};
}

void SyncPass::decide_now(Trigger asked) {
  decision_.locked = has_label(pull_.labels, plan_.policy.labels.lock);  // in case inspect fails
  holds_ = TargetContent::unknown;
  standing_ = backend_.inspect(run_, number_);
  holds_ = seen(standing_).holds;
  metadata_ = standing_ ? standing_->metadata : std::nullopt;
  if (standing_ && standing_->busy) {
    throw Error(ErrorKind::conflict,
                fmt::format("'{}' is being written by another run", standing_->database),
                "wait until it has ended, then run the command again");
  }
  const auto& said = reporter_.remembered().said;
  decision_ = decide(pull_, seen(standing_), said, plan_.policy, asked);
}

SyncResult SyncPass::act(Trigger asked) {
  try {
    do_all(asked);
  } catch (const Error& error) {
    // Another run recorded the lock in the database after this pass had read the labels.
    const bool known = standing_ && (standing_->unreadable || (metadata_ && metadata_->locked));
    if (error.kind() == ErrorKind::locked && !in_doubt_ && !known) overtaken_ = true;
    if (!overtaken_) reporter_.tell_failure(decision_, holds_, metadata_, error);
    throw;
  }
  // Work that others do later is reported when it is seen: the comment has it as begun.
  if (to_come_) {
    tell_what_failed();
  } else {
    reporter_.tell(decision_, seen(standing_).holds, holds_, metadata_);
  }
  return {.number = number_,
          .decision = decision_,
          .database = backend_.database(number_),
          .metadata = metadata_,
          .holds = holds_,
          .says = says_,
          .comment = reporter_.text()};
}

void SyncPass::do_all(Trigger asked) {
  expected_ = relevant(pull_, plan_.policy.labels);
  decide_now(asked);
  if (standing_ && standing_->interrupted) {
    backend_.record_lock(run_, pull_, lock(), *standing_);
    decide_now(asked);
  }
  // A database without metadata needs no marker when it is dropped now, and abandoned data without
  // content belongs to no preview.
  const bool abandoned = standing_ && standing_->abandoned;
  const bool marked =
      !abandoned && (metadata_ || decision_.locked || decision_.action == Action::none);
  // Labels read before another run recorded the lock must not unlock the database.
  if (metadata_ && metadata_->locked && !decision_.locked) require_unchanged(run_);
  if (standing_ && marked) {
    metadata_ = backend_.record_lock(run_, pull_, lock(), *standing_);
    holds_ = content_of(metadata_);
  }
  if (decision_.action != Action::none || !decision_.labels.none()) {
    reporter_.begin(decision_, seen(standing_).holds, metadata_);
  }
  change_labels();
  carry_out(asked);
}

void SyncPass::change_labels() {
  const auto& changes = decision_.labels;
  if (changes.none()) return;
  require_unchanged(run_);
  for (const auto& label : changes.remove) forge_.remove_label(run_, number_, label);
  for (const auto& label : changes.add) forge_.add_label(run_, number_, label);
  if (run_.mode() == Mode::dry_run) return;
  for (const auto& label : changes.remove) {
    std::erase_if(pull_.labels, [&](const auto& each) { return has_label({each}, label); });
  }
  pull_.labels.insert(pull_.labels.end(), changes.add.begin(), changes.add.end());
  expected_ = relevant(pull_, plan_.policy.labels);
}

void SyncPass::carry_out(Trigger asked) {
  ApplyRequest request{pull_, decision_, lock(), [this](Run& run) { require_unchanged(run); }};
  request.again = asked == Trigger::person;
  if (metadata_) request.filled = metadata_->finished_at;
  const bool nothing = decision_.action == Action::none;
  const auto result = nothing ? backend_.maintain(run_, request) : backend_.apply(run_, request);
  to_come_ = !result.done;
  attempt_ = result.attempt;
  if (nothing) return;
  metadata_ = result.metadata;
  if (result.done) holds_ = content_of(metadata_);
  says_ = result.says;
}

/// A run of theirs has recorded in the database why it failed; or, where none could do that,
/// nothing has come of it for long.
void SyncPass::tell_what_failed() {
  const auto there = standing_ ? standing_->metadata : std::nullopt;
  const auto failure = there ? there->last_failure : std::nullopt;
  // A fill is for a commit, the drop of a preview that is over for none.
  const bool over = decision_.afterwards == TargetContent::nothing;
  if (failure && failure->commit == (over ? std::string() : pull_.commit)) {
    reporter_.tell_failure(decision_, holds_, there, error_of(*failure));
  } else if (attempt_ > 1) {
    reporter_.tell_failure(
        decision_, holds_, there,
        {ErrorKind::timeout,
         fmt::format("the cluster was asked for it {} times, and has not done it", attempt_),
         "the last sync of the preview's Application shows the exit code of its Job"});
  }
}

void SyncPass::require_unchanged(Run& run) {
  PullRequest now{number_};
  try {
    now = forge_.pull_request(run, number_);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::timeout) throw;
    in_doubt_ = true;
    throw lock_in_doubt(number_, error);
  }
  if (relevant(now, plan_.policy.labels) == expected_) return;
  overtaken_ = true;
  throw preview::overtaken(number_);
}

}  // namespace

bool wants_preview(const PullRequest& pull, const PullPolicy& policy) {
  return pull.state == PullState::open && has_label(pull.labels, policy.labels.preview) &&
         (!pull.fork || policy.forks);
}

SyncResult sync(Run& run, forge::Forge& forge, PreviewBackend& backend, const SyncPlan& plan,
                PullNumber number, Trigger asked) {
  for (int start = 1;; ++start) {
    run.check();
    SyncPass look(run, forge, backend, plan, number);
    try {
      return look.act(asked);
    } catch (const Error& error) {
      if (!look.overtaken() || start == k_most_starts) throw;
      run.log().info(error.message() + "; looking again", {{"run", run.id()}});
    }
  }
}

}  // namespace tidegate::preview
