#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "preview/decide.hpp"
#include "support/golden.hpp"
#include "support/pulls.hpp"

namespace tidegate::preview {
namespace {

/// One row of the table, and the inputs of decide() for it.
struct Row {
  PullRequest pull = test::pull(7, {});
  ObservedTarget target;
  LastReport said{};
  PullPolicy policy{};
  Trigger asked = Trigger::state_change;
};

std::string yes(bool value, std::string_view text) { return std::string(value ? text : "-"); }

std::string database_text(const ObservedTarget& target) {
  if (target.holds == TargetContent::nothing) return "none";
  if (target.holds == TargetContent::unknown) return "cannot be asked";
  const auto* commit = target.commit.empty()              ? "unknown commit"
                       : target.commit == test::k_present ? "same commit"
                                                          : "older commit";
  return fmt::format("{}, {}", to_text(target.holds), commit);
}

std::string said_text(const LastReport& said) {
  std::string text = said.commit.empty() ? "" : said.commit == test::k_present ? "head" : "before";
  const auto add = [&](std::string_view more) {
    text += (text.empty() ? "" : ", ") + std::string(more);
  };
  if (said.locked) add("locked");
  if (said.kept == Kept::closed) add("kept");
  if (said.kept == Kept::unlabelled) add("kept, unlabelled");
  return text.empty() ? "-" : text;
}

std::string labels_text(const LabelChanges& labels) {
  std::string text;
  for (const auto& label : labels.add) text += "+" + label;
  for (const auto& label : labels.remove) text += "-" + label;
  return text.empty() ? "-" : text;
}

std::string notices_text(const std::vector<Notice>& notices) {
  std::string text;
  for (const auto notice : notices)
    text += (text.empty() ? "" : ", ") + std::string(to_text(notice));
  return text.empty() ? "-" : text;
}

constexpr std::string_view k_layout =
    "{:<7}{:<9}{:<14}{:<12}{:<26}{:<14} {:<5}{:<10}{:<15}{:<24}{}\n";

std::string head() {
  return fmt::format(fmt::runtime(k_layout), "state", "preview", "use-snapshot", "persist-db",
                     "database", "said", "do", "then", "label", "told", "why");
}

std::string line(const Row& row) {
  const auto decision = decide(row.pull, row.target, row.said, row.policy, row.asked);
  const auto& labels = row.pull.labels;
  const PullPolicy policy;
  return fmt::format(fmt::runtime(k_layout), to_text(row.pull.state),
                     yes(has_label(labels, policy.labels.preview), "preview"),
                     yes(has_label(labels, policy.labels.snapshot), "snapshot"),
                     yes(has_label(labels, policy.labels.lock), "LOCK"), database_text(row.target),
                     said_text(row.said), to_text(decision.action), to_text(decision.afterwards),
                     labels_text(decision.labels), notices_text(decision.notices), decision.reason);
}

using Change = std::function<void(Row&)>;

/// Every combination of state, labels and database, changed by `change`.
std::string combinations(const std::vector<PullState>& states, const Change& change) {
  std::string text = head();
  for (const auto state : states) {
    for (const auto& labels : test::label_sets()) {
      text += "\n";
      for (const auto& target : test::targets()) {
        Row row{.target = target};
        row.pull.state = state;
        row.pull.labels = labels;
        change(row);
        text += line(row);
      }
    }
  }
  return text + "\n";
}

const std::vector<PullState> k_states{PullState::open, PullState::closed, PullState::merged};

/// The rules as documented for people; the first match applies. `fill`, `drop`, `none`, or the
/// change of the label.
std::string by_the_rules(const Row& row) {
  const auto& labels = row.pull.labels;
  const bool locked = has_label(labels, "persist-db");
  const bool snapshot = has_label(labels, "use-snapshot");
  const bool open = row.pull.state == PullState::open;
  const bool wanted = open && has_label(labels, "preview") && (!row.pull.fork || row.policy.forks);
  const bool there =
      row.target.holds == TargetContent::seed || row.target.holds == TargetContent::snapshot;
  const bool from_snapshot = row.target.holds == TargetContent::snapshot;
  const bool older = row.target.commit == test::k_older && row.said.commit != row.pull.commit;

  if (row.target.holds == TargetContent::unknown) return "none";
  if (locked && there && from_snapshot && !snapshot) return "+use-snapshot";
  if (locked && there && !from_snapshot && snapshot) return "-use-snapshot";
  if (wanted && locked && !there && snapshot) return "fill";
  if (locked) return "none";
  if (wanted && snapshot && (!from_snapshot || older)) return "fill";
  if (wanted && !snapshot && (from_snapshot || older)) return "drop";
  if (!wanted && there) return "drop";
  return "none";
}

std::string by_the_program(const Row& row) {
  const auto decision = decide(row.pull, row.target, row.said, row.policy, row.asked);
  return decision.labels.none() ? std::string(to_text(decision.action))
                                : labels_text(decision.labels);
}

TEST(DecideTable, FollowsTheRulesForEveryCombination) {
  int rows = 0;
  for (const auto state : k_states) {
    for (const auto& labels : test::label_sets()) {
      for (const auto& target : test::targets()) {
        for (unsigned bits = 0; bits < 16; ++bits) {
          Row row{.target = target};
          row.pull.state = state;
          row.pull.labels = labels;
          row.pull.fork = (bits & 1U) != 0;
          row.policy.forks = (bits & 2U) != 0;
          if (bits & 4U) row.said = {.commit = test::k_present, .locked = true};
          row.pull.draft = (bits & 8U) != 0;
          EXPECT_EQ(by_the_program(row), by_the_rules(row)) << head() << line(row);
          ++rows;
        }
      }
    }
  }
  EXPECT_EQ(rows, 3 * 8 * 8 * 16);
}

TEST(DecideTable, MatchesTheReviewedTable) {
  std::string text = fmt::format(
      "The decision for every combination of a pull request and its database, from decide().\n"
      "'./dev golden' writes this file again. 'said' is the state reported before: the commit that "
      "was seen,\n"
      "and a reported lock or kept database. 'then' is the content of the database "
      "afterwards.\n\n");
  text += "== First sight, from the repository itself ==\n";
  text += combinations(k_states, [](Row&) {});
  text += "== First sight, from a fork, which get no previews ==\n";
  text += combinations(k_states, [](Row& row) { row.pull.fork = true; });
  text += "== From a fork, where forks get previews ==\n";
  text += combinations({PullState::open}, [](Row& row) {
    row.pull.fork = true;
    row.policy.forks = true;
  });
  text += "== The head was seen before, and that it is locked was told ==\n";
  text += combinations(k_states,
                       [](Row& row) { row.said = {.commit = test::k_present, .locked = true}; });
  text += "== Closed before, and told of as kept: now open again ==\n";
  text += combinations({PullState::open}, [](Row& row) {
    row.said = {.commit = test::k_present, .locked = true, .kept = Kept::closed};
  });
  text += "== previews.refresh: on-label ==\n";
  text += combinations({PullState::open}, [](Row& row) { row.policy.refresh = Refresh::on_label; });
  text += "== previews.seed: a command or a file ==\n";
  text += combinations({PullState::open}, [](Row& row) { row.policy.seeder = Seeder::tidegate; });
  text += "== Asked for by hand: pr sync --now, the head was seen before ==\n";
  text += combinations({PullState::open, PullState::closed}, [](Row& row) {
    row.asked = Trigger::person;
    row.said.commit = test::k_present;
  });
  test::expect_golden("decide.txt", text);
}

}  // namespace
}  // namespace tidegate::preview
