#pragma once

/// What tidegate remembers of a pull request: in its sticky comment, hidden from people, so that a
/// command, the daemon and a fresh pod know the same.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preview/decide.hpp"

namespace tidegate::preview {

/// The first line of the one comment that is edited in place. `database`: the configured name where
/// there is more than one, and so a comment of each; empty otherwise.
std::string status_marker(std::string_view database);

struct Remembered {
  Said said{};
  /// What is to be told once what was begun is done, and what the target holds then: a process may
  /// die in between. `before`: what it held until then, so that one is told from the other.
  std::vector<Notice> pending{};
  Holds afterwards = Holds::unknown;
  std::string before{};
  int told = 0;         ///< how often something was told: part of the marker of what is told next
  std::string shown{};  ///< the last commit status
  friend bool operator==(const Remembered&, const Remembered&) = default;
};

/// Marker, hidden state, and the text for people: a whole comment.
std::string sticky_body(std::string_view marker, const Remembered& remembered,
                        std::string_view text);
/// Of a comment that sticky_body() made; whatever cannot be read is as if nothing was ever said.
Remembered remembered_in(std::string_view body);

/// The first line of a notice: a second try finds what a first one has told.
std::string notice_marker(std::string_view database, const Remembered& remembered, Notice notice);

}  // namespace tidegate::preview
