#pragma once

/// A pull request as a code host describes it, and the names of its labels. Pure values.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/names.hpp"

namespace tidegate {

enum class PullState { open, closed, merged };

std::string_view to_text(PullState state);
std::optional<PullState> parse_pull_state(std::string_view text);

/// The names of the labels that decide.
struct LabelNames {
  std::string preview = "preview";
  std::string snapshot = "use-snapshot";
  std::string lock = "persist-db";
};

/// Read from the code host, never from an event. Title, author and branch are written by strangers:
/// they are for people only, and escaped wherever they are shown.
struct PullRequest {
  PullNumber number;
  PullState state = PullState::open;
  bool draft = false;
  bool fork = false;     ///< its branch lives in another repository, or in one that is gone
  std::string commit{};  ///< head of its branch
  std::vector<std::string> labels{};
  std::optional<SystemTime> closed_at{};
  std::optional<SystemTime> updated_at{};  ///< a label, a push, a comment
  std::string title{}, author{}, branch{};
};

/// Whether a new commit of the branch counts (A4: it does).
enum class Refresh { on_push, on_label };

/// The maker of seed data.
enum class Seeder { application, tidegate };

/// The configured policy for pull requests.
struct PullPolicy {
  LabelNames labels{};
  bool forks = false;  ///< without it, a fork's pull request counts as one without preview label
  Refresh refresh = Refresh::on_push;
  Seeder seeder = Seeder::application;
};

/// Whether a label of this name is among them. Whole names, case of ASCII letters ignored, as
/// GitHub does (`no-persist-db` is another label, `Persist-DB` is not).
bool has_label(const std::vector<std::string>& labels, std::string_view name);

}  // namespace tidegate
