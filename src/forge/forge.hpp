#pragma once

/// forge: what is asked of a code host. It knows no database and decides nothing. One object speaks
/// with one credential of one repository.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/run.hpp"
#include "model/pull_request.hpp"

namespace tidegate::forge {

/// A comment on a pull request.
struct Comment {
  std::int64_t id = 0;
  std::string body;
};

/// How the preview of a pull request does, shown at its head commit.
enum class Verdict { pending, success, failure };

struct CommitStatus {
  std::string commit;
  Verdict verdict = Verdict::pending;
  std::string says;        ///< one line; longer ones are cut to what the host takes
  std::string target_url;  ///< may be empty
};

/// A deployment of a preview, as preview systems record it.
struct Deployment {
  std::string commit;
  std::string environment;  ///< `pr-42`
  std::string url;          ///< of the preview
  enum class State { in_progress, success, failure, inactive } state = State::success;
};

/// Errors, for all functions: unreachable, permission (what the token lacks, or that the repository
/// or the number is not to be seen with it: GitHub answers 404 to both), remote (the host's words
/// and status), cancelled, timeout. Rate limits are waited for within the run's time limit. All may
/// be called again after any failure. No message has the token in it.
class Forge {
 public:
  virtual ~Forge() = default;
  /// `camaradesuk/syrf`.
  virtual const std::string& repository() const = 0;

  /// As it is now; never from a cache that could be older than the call.
  virtual PullRequest pull_request(Run& run, PullNumber number) = 0;
  /// All open ones, labels included, in as few requests as the host allows; by number.
  virtual std::vector<PullRequest> open_pull_requests(Run& run) = 0;

  /// Success when it is there already. A label that the repository lacks is made.
  virtual void add_label(Run& run, PullNumber number, std::string_view label) = 0;
  /// Success when it is not there.
  virtual void remove_label(Run& run, PullNumber number, std::string_view label) = 0;

  /// This credential's own comments whose first line is exactly `marker`; oldest first.
  virtual std::vector<Comment> own_comments(Run& run, PullNumber number,
                                            std::string_view marker) = 0;
  virtual Comment add_comment(Run& run, PullNumber number, const std::string& body) = 0;
  virtual void edit_comment(Run& run, const Comment& comment) = 0;
  /// Success when it is gone already.
  virtual void remove_comment(Run& run, std::int64_t id) = 0;

  /// Replaces the one of the same context and commit.
  virtual void set_status(Run& run, const CommitStatus& status) = 0;
  /// Records a deployment's state; makes the deployment where there is none of this environment and
  /// commit. Older ones of the environment become inactive.
  virtual void set_deployment(Run& run, const Deployment& deployment) = 0;
};

}  // namespace tidegate::forge
