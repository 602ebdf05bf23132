#include "preview/decide.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::preview {
namespace {

/// The inputs in the form that the rules below use.
struct Facts {
  bool wanted;    ///< a preview is wanted
  bool snapshot;  ///< its source is the snapshot
  bool locked;
  bool there;  ///< a database exists
  bool newer;  ///< a relevant commit arrived after the database was made
  bool seen;   ///< a relevant commit was already seen while it was locked
};

/// Git abbreviates commits to 7 or more digits, and people pass such to `restore --commit`.
bool same_commit(std::string_view a, std::string_view b) {
  constexpr std::size_t k_shortest = 7;
  const auto shorter = a.size() < b.size() ? a : b;
  const auto longer = a.size() < b.size() ? b : a;
  const bool digits = shorter.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (shorter.size() < k_shortest || !digits) return a == b;
  return longer.starts_with(shorter);
}

bool is_newer(const PullRequest& pull, const ObservedTarget& target, const LastReport& said,
              const PullPolicy& policy) {
  if (policy.refresh == Refresh::on_label) return false;
  if (target.commit.empty() || pull.commit.empty()) return false;
  return !same_commit(pull.commit, target.commit) && !same_commit(pull.commit, said.commit);
}

Facts facts_of(const PullRequest& pull, const ObservedTarget& target, const LastReport& said,
               const PullPolicy& policy, Trigger asked) {
  Facts facts{};
  facts.wanted = pull.state == PullState::open && has_label(pull.labels, policy.labels.preview) &&
                 (!pull.fork || policy.forks);
  facts.snapshot = has_label(pull.labels, policy.labels.snapshot);
  facts.locked = has_label(pull.labels, policy.labels.lock);
  facts.there = target.holds != TargetContent::nothing;
  facts.newer = asked == Trigger::person || is_newer(pull, target, said, policy);
  facts.seen = !facts.newer && is_newer(pull, target, {}, policy);
  return facts;
}

std::string why_unwanted(const PullRequest& pull, const PullPolicy& policy) {
  if (pull.state != PullState::open) {
    return fmt::format("the pull request is {}", to_text(pull.state));
  }
  if (!has_label(pull.labels, policy.labels.preview)) {
    return fmt::format("the pull request has no label '{}'", policy.labels.preview);
  }
  return "the pull request comes from a fork, and those get no preview here";
}

/// The label and the database disagree about the source: the database stays, and the label is
/// changed back.
void put_label_back(Decision& decision, const ObservedTarget& target, const Facts& facts,
                    const LabelNames& labels) {
  if (target.holds == TargetContent::snapshot && !facts.snapshot) {
    decision.labels.add.push_back(labels.snapshot);
    decision.notices.push_back(Notice::refused_remove);
    decision.reason = fmt::format("locked by '{}' and filled from the snapshot: '{}' is put back",
                                  labels.lock, labels.snapshot);
  } else if (target.holds == TargetContent::seed && facts.snapshot) {
    decision.labels.remove.push_back(labels.snapshot);
    decision.notices.push_back(Notice::refused_add);
    decision.reason = fmt::format("locked by '{}' and made of seed data: '{}' is taken off again",
                                  labels.lock, labels.snapshot);
  }
}

void act(Decision& decision, Action action, TargetContent afterwards, std::string reason) {
  decision.action = action;
  decision.afterwards = afterwards;
  decision.reason = std::move(reason);
}

/// The first fill of a preview. A lock allows it: there is no data yet that it could protect.
void fill_first(Decision& decision, const Facts& facts, const PullPolicy& policy) {
  const auto* and_locked = facts.locked ? ", once: it is locked from then on" : "";
  if (facts.snapshot) {
    act(decision, Action::fill, TargetContent::snapshot,
        fmt::format("there is no database yet: it is filled from the snapshot{}", and_locked));
    decision.notices.push_back(Notice::filled);
  } else if (policy.seeder == Seeder::tidegate) {
    act(decision, Action::fill, TargetContent::seed,
        fmt::format("there is no database yet: it is made of seed data{}", and_locked));
  } else {
    decision.reason = "there is no database yet: the application makes it, of seed data";
  }
}

/// For an existing, unlocked database: it is changed to the source of the labels, or made again for
/// a new commit.
void bring_up_to_date(Decision& decision, const ObservedTarget& target, const Facts& facts,
                      Trigger asked) {
  const bool as_labelled = facts.snapshot == (target.holds == TargetContent::snapshot);
  if (as_labelled && !facts.newer && !target.unfinished) {
    decision.reason = facts.seen ? "the last push was seen before and not applied: the next one is"
                                 : "the database is as the labels have it";
    return;
  }
  const auto* why = !as_labelled        ? "the database is not of the source that the labels say"
                    : target.unfinished ? "the database was not filled to the end"
                    : asked == Trigger::person ? "asked for"
                                               : "the database is of an older commit";
  if (facts.snapshot) {
    act(decision, Action::fill, TargetContent::snapshot,
        fmt::format("{}: it is filled from the snapshot", why));
    decision.notices.push_back(Notice::filled);
  } else {
    act(decision, Action::drop, TargetContent::seed,
        fmt::format("{}: it is dropped, and seed data comes next", why));
    if (!as_labelled) decision.notices.push_back(Notice::seed_next);
  }
}

void decide_locked(Decision& decision, const PullRequest& pull, const ObservedTarget& target,
                   const Facts& facts, const PullPolicy& policy) {
  decision.reason = fmt::format("locked by '{}'", policy.labels.lock);
  if (facts.there) {
    if (target.unfinished) {
      decision.reason += ", though it was not filled to the end: that starts over when unlocked";
    }
    put_label_back(decision, target, facts, policy.labels);
  } else if (facts.wanted) {
    fill_first(decision, facts, policy);
  } else {
    decision.reason = fmt::format("{}, and there is no database", why_unwanted(pull, policy));
  }
}

void decide_unlocked(Decision& decision, const PullRequest& pull, const ObservedTarget& target,
                     const Facts& facts, const PullPolicy& policy, Trigger asked) {
  if (facts.wanted && facts.there) {
    bring_up_to_date(decision, target, facts, asked);
  } else if (facts.wanted) {
    fill_first(decision, facts, policy);
  } else if (facts.there) {
    act(decision, Action::drop, TargetContent::nothing, why_unwanted(pull, policy));
    decision.notices.push_back(Notice::dropped);
  } else if (target.abandoned) {
    act(decision, Action::drop, TargetContent::nothing,
        fmt::format("{}, and has left something behind, without data", why_unwanted(pull, policy)));
  } else {
    decision.reason = fmt::format("{}, and there is no database", why_unwanted(pull, policy));
  }
}

Kept kept_of(const PullRequest& pull, const Facts& facts) {
  if (!facts.locked || facts.wanted || !facts.there) return Kept::no;
  return pull.state == PullState::open ? Kept::unlabelled : Kept::closed;
}

/// Orders the notices like the events: unlocked before its consequences, locked after a first fill
/// and before a refusal.
void tell_of_lock(Decision& decision, const PullRequest& pull, const Facts& facts,
                  const LastReport& said) {
  decision.said.locked = facts.locked && (facts.wanted || facts.there);
  decision.said.kept = kept_of(pull, facts);

  auto& notices = decision.notices;
  const auto refusal = std::find_if(notices.begin(), notices.end(), [](Notice notice) {
    return notice == Notice::refused_add || notice == Notice::refused_remove;
  });
  if (decision.said.kept != Kept::no) {
    if (said.kept != decision.said.kept) notices.insert(refusal, Notice::kept);
  } else if (decision.said.locked && !said.locked) {
    notices.insert(refusal, Notice::locked);
  } else if (said.locked && !facts.locked && facts.wanted) {
    notices.insert(notices.begin(), Notice::unlocked);
  }
}

/// Nothing was observed, so nothing is stored as seen.
Decision in_doubt(const LastReport& said) {
  Decision decision;
  decision.locked = true;
  decision.reason =
      "it is not known what the database holds: nothing is done, as if it were locked";
  decision.said = said;
  return decision;
}

}  // namespace

std::string_view to_text(TargetContent holds) {
  switch (holds) {
    case TargetContent::nothing:
      return "none";
    case TargetContent::seed:
      return "seed";
    case TargetContent::snapshot:
      return "snapshot";
    case TargetContent::unknown:
      break;
  }
  return "unknown";
}

std::optional<TargetContent> parse_content(std::string_view text) {
  for (const auto holds : {TargetContent::nothing, TargetContent::seed, TargetContent::snapshot,
                           TargetContent::unknown}) {
    if (text == to_text(holds)) return holds;
  }
  return std::nullopt;
}

std::string_view to_text(Notice notice) {
  switch (notice) {
    case Notice::filled:
      return "filled";
    case Notice::dropped:
      return "dropped";
    case Notice::seed_next:
      return "seed-next";
    case Notice::refused_add:
      return "refused-add";
    case Notice::refused_remove:
      return "refused-remove";
    case Notice::locked:
      return "locked";
    case Notice::unlocked:
      return "unlocked";
    case Notice::kept:
      return "kept";
    case Notice::failed:
      break;
  }
  return "failed";
}

std::string_view to_text(Action action) {
  switch (action) {
    case Action::none:
      return "none";
    case Action::fill:
      return "fill";
    case Action::drop:
      break;
  }
  return "drop";
}

Decision decide(const PullRequest& pull, const ObservedTarget& target, const LastReport& said,
                const PullPolicy& policy, Trigger asked) {
  if (target.holds == TargetContent::unknown) return in_doubt(said);
  const auto facts = facts_of(pull, target, said, policy, asked);
  Decision decision;
  decision.locked = facts.locked;
  decision.afterwards = target.holds;
  if (facts.locked) {
    decide_locked(decision, pull, target, facts, policy);
  } else {
    decide_unlocked(decision, pull, target, facts, policy, asked);
  }
  decision.said.commit = pull.commit.empty() ? said.commit : pull.commit;
  if (decision.action == Action::none && target.holds == TargetContent::snapshot) {
    decision.said.snapshot_run = said.snapshot_run;
  }
  tell_of_lock(decision, pull, facts, said);
  return decision;
}

}  // namespace tidegate::preview
