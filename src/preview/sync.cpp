#include "preview/sync.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "preview/announcer.hpp"

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
class Look {
 public:
  Look(Run& run, forge::Forge& forge, Carrier& carrier, const SyncPlan& plan, PullNumber number)
      : run_(run),
        forge_(forge),
        carrier_(carrier),
        plan_(plan),
        number_(number),
        pull_(forge.pull_request(run, number)),
        announcer_(run, forge, plan, pull_, carrier.database(number)) {}

  /// Runs the pass. A failure is reported on the pull request and thrown.
  Synced act(Asked asked);
  /// Whether act() threw because the pull request has changed.
  bool overtaken() const { return overtaken_; }

 private:
  void do_all(Asked asked);
  void decide_now(Asked asked);
  void change_labels();
  void carry_out(Asked asked);
  void tell_what_failed();
  void may_go_on(Run& run);
  std::optional<LockRecord> lock() const;

  Run& run_;
  forge::Forge& forge_;
  Carrier& carrier_;
  const SyncPlan& plan_;
  PullNumber number_;
  PullRequest pull_;
  Announcer announcer_;
  Relevant expected_{};
  std::optional<Standing> standing_;
  std::optional<Metadata> metadata_;
  Decision decision_;
  std::string says_;
  bool overtaken_ = false, in_doubt_ = false;
  bool looked_ = false;
  bool to_come_ = false;  ///< asked for, and done by others
  int attempt_ = 1;       ///< how often they were asked
};

std::optional<LockRecord> Look::lock() const {
  if (!decision_.locked) return std::nullopt;
  return LockRecord{plan_.policy.labels.lock, run_.clock().now()};
}

void Look::decide_now(Asked asked) {
  decision_.locked = has_label(pull_.labels, plan_.policy.labels.lock);  // in case inspect fails
  looked_ = false;
  standing_ = carrier_.look(run_, number_);
  looked_ = true;
  metadata_ = standing_ ? standing_->metadata : std::nullopt;
  if (standing_ && standing_->busy) {
    throw Error(ErrorKind::conflict,
                fmt::format("'{}' is being written by another run", standing_->database),
                "wait until it has ended, then run the command again");
  }
  const auto& said = announcer_.remembered().said;
  decision_ = decide(pull_, seen(standing_), said, plan_.policy, asked);
}

Synced Look::act(Asked asked) {
  try {
    do_all(asked);
  } catch (const Error& error) {
    // Another run recorded the lock in the database after this pass had read the labels.
    const bool known = standing_ && (standing_->unreadable || (metadata_ && metadata_->locked));
    if (error.kind() == ErrorKind::locked && !in_doubt_ && !known) overtaken_ = true;
    if (!overtaken_) announcer_.tell_failure(decision_, looked_, metadata_, error);
    throw;
  }
  // What others do later is told when it is seen: it stands in the comment as begun.
  if (to_come_) {
    tell_what_failed();
  } else {
    announcer_.tell(decision_, seen(standing_).holds, metadata_);
  }
  return {number_, decision_, carrier_.database(number_), metadata_, says_, announcer_.text()};
}

void Look::do_all(Asked asked) {
  expected_ = relevant(pull_, plan_.policy.labels);
  decide_now(asked);
  if (standing_ && standing_->half_done) {
    carrier_.mirror(run_, pull_, lock(), *standing_);
    decide_now(asked);
  }
  // A database without metadata needs no marker when it is dropped now, and abandoned data without
  // content belongs to no preview.
  const bool leftover = standing_ && standing_->leftover;
  const bool marked =
      !leftover && (metadata_ || decision_.locked || decision_.action == Action::none);
  // Labels read before another run recorded the lock must not unlock the database.
  if (metadata_ && metadata_->locked && !decision_.locked) may_go_on(run_);
  if (standing_ && marked) metadata_ = carrier_.mirror(run_, pull_, lock(), *standing_);
  if (decision_.action != Action::none || !decision_.labels.none()) {
    announcer_.begin(decision_, seen(standing_).holds, metadata_);
  }
  change_labels();
  carry_out(asked);
}

void Look::change_labels() {
  const auto& changes = decision_.labels;
  if (changes.none()) return;
  may_go_on(run_);
  for (const auto& label : changes.remove) forge_.remove_label(run_, number_, label);
  for (const auto& label : changes.add) forge_.add_label(run_, number_, label);
  if (run_.mode() == Mode::dry_run) return;
  for (const auto& label : changes.remove) {
    std::erase_if(pull_.labels, [&](const auto& each) { return has_label({each}, label); });
  }
  pull_.labels.insert(pull_.labels.end(), changes.add.begin(), changes.add.end());
  expected_ = relevant(pull_, plan_.policy.labels);
}

void Look::carry_out(Asked asked) {
  Errand errand{pull_, decision_, lock(), [this](Run& run) { may_go_on(run); }};
  errand.again = asked == Asked::now;
  if (metadata_) errand.filled = metadata_->finished_at;
  const bool nothing = decision_.action == Action::none;
  const auto carried = nothing ? carrier_.tend(run_, errand) : carrier_.carry(run_, errand);
  to_come_ = !carried.done;
  attempt_ = carried.attempt;
  if (nothing) return;
  metadata_ = carried.metadata;
  says_ = carried.says;
}

/// A run of theirs has recorded in the database why it failed; or, where none could do that,
/// nothing has come of it for long.
void Look::tell_what_failed() {
  const auto there = standing_ ? standing_->metadata : std::nullopt;
  const auto failure = there ? there->last_failure : std::nullopt;
  // A fill is for a commit, the drop of a preview that is over for none.
  const bool over = decision_.afterwards == Holds::nothing;
  if (failure && failure->commit == (over ? std::string() : pull_.commit)) {
    announcer_.tell_failure(decision_, looked_, there, error_of(*failure));
  } else if (attempt_ > 1) {
    announcer_.tell_failure(
        decision_, looked_, there,
        {ErrorKind::timeout,
         fmt::format("the cluster was asked for it {} times, and has not done it", attempt_),
         "the last sync of the preview's Application shows the exit code of its Job"});
  }
}

void Look::may_go_on(Run& run) {
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

Synced sync(Run& run, forge::Forge& forge, Carrier& carrier, const SyncPlan& plan,
            PullNumber number, Asked asked) {
  for (int start = 1;; ++start) {
    run.check();
    Look look(run, forge, carrier, plan, number);
    try {
      return look.act(asked);
    } catch (const Error& error) {
      if (!look.overtaken() || start == k_most_starts) throw;
      run.log().info(error.message() + "; looking again", {{"run", run.id()}});
    }
  }
}

}  // namespace tidegate::preview
