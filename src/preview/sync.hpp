#pragma once

/// One pull request brought to what its labels ask for: looks at states, decides, acts, tells.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "forge/forge.hpp"
#include "preview/carrier.hpp"
#include "preview/decide.hpp"

namespace tidegate::preview {

/// What there is to tell of.
struct Topic {
  const PullRequest& pull;
  const Decision& decision;
  std::string database{};              ///< its name, whether it is there or not
  std::optional<Metadata> metadata{};  ///< what it says of itself; nothing where it is gone
  bool working = false;                ///< what was decided is being done at this moment
  std::string failure{}, hint{};       ///< of Notice::failed
  Said before{};                       ///< what was said when it was decided
  bool looked = true;                  ///< else it is not known what the database holds
};

/// How it is told: markdown, texts from outside escaped.
struct Wording {
  std::function<std::string(const Topic&)> status;          ///< the comment edited in place
  std::function<std::string(Notice, const Topic&)> notice;  ///< a comment of its own
  std::function<std::string(std::string)> clean;  ///< secrets taken out of an error's words
};

/// Whether pull requests are shown how their preview does, besides in comments.
struct Showing {
  bool status = false;      ///< a commit status
  bool deployment = false;  ///< a deployment record
  std::string url{};        ///< of a preview, with {number}
};

struct SyncPlan {
  std::string database{};  ///< its configured name where there is more than one, else empty
  PullPolicy policy{};
  Wording wording;
  Showing showing{};
};

/// Open, labelled, and no fork's unless those are allowed.
bool wants_preview(const PullRequest& pull, const PullPolicy& policy);

struct Synced {
  PullNumber number;
  Decision decision;
  std::string database;
  std::optional<Metadata> metadata{};  ///< what the target says of itself afterwards
  std::string says{};                  ///< what was done, one line for people
  std::string comment{};               ///< what the sticky comment says, for people
};

/// In this order, so that whatever the process dies at, the next sync repairs it and nothing is
/// told twice: read; decide; the lock into the target's metadata; labels; what is pending into the
/// sticky comment; fill or drop; notices; the sticky comment with what was said. The pull request
/// is read again right before labels are changed and before each step that cannot be undone: one
/// that has changed meanwhile is looked at anew from the start, and a code host that cannot be
/// asked counts as locked. A failure is told once for each kind and commit, and thrown on.
/// @throws Error conflict (another run holds the target, or the pull request changed each time),
/// locked (in doubt), and what forges and carriers throw.
Synced sync(Run& run, forge::Forge& forge, Carrier& carrier, const SyncPlan& plan,
            PullNumber number, Asked asked = Asked::no);

}  // namespace tidegate::preview
