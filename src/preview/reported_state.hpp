#pragma once

/// The state that tidegate stores for a pull request: hidden in its status comment, so that a
/// command, the daemon and a new pod share it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preview/decide.hpp"

namespace tidegate::preview {

/// The first line of the status comment, which is edited in place. `database`: the configured name
/// when several databases have one comment each; otherwise empty.
std::string status_marker(std::string_view database);

struct ReportedState {
  LastReport said{};
  /// The notices to post once the current work is done, and the target's content then, because a
  /// process may die in between. `before`: the content until then, to tell the two apart.
  std::vector<Notice> pending{};
  TargetContent afterwards = TargetContent::unknown;
  std::string before{};
  int told = 0;         ///< number of notice rounds; part of the marker of the next notice
  std::string shown{};  ///< the last commit status shown
  friend bool operator==(const ReportedState&, const ReportedState&) = default;
};

/// A complete comment: marker, hidden state, and text for people.
std::string sticky_body(std::string_view marker, const ReportedState& remembered,
                        std::string_view text);
/// The state in a comment made by sticky_body(). Unreadable parts are treated as never reported.
ReportedState reported_state_in(std::string_view body);

/// The first line of a notice. With it, a second try finds a notice that was already posted.
std::string notice_marker(std::string_view database, const ReportedState& remembered,
                          Notice notice);

}  // namespace tidegate::preview
