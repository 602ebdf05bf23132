#pragma once

/// forge: the interface to a code host. It knows no database and decides nothing. One object works
/// on one repository with one credential.

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

/// The state of a pull request's preview, shown at the head commit.
enum class Verdict { pending, success, failure };

struct CommitStatus {
  std::string commit;
  Verdict verdict = Verdict::pending;
  std::string says;        ///< one line; cut to the length that the host accepts
  std::string target_url;  ///< may be empty
};

/// The deployment record of a preview.
struct Deployment {
  std::string commit;
  std::string environment;  ///< `pr-42`
  std::string url;          ///< URL of the preview
  enum class State { in_progress, success, failure, inactive } state = State::success;
};

/// Errors of all functions: unreachable; permission (the message names what the token lacks, or
/// says that the repository or number is not visible to it: GitHub answers 404 to both); remote
/// (the host's words and status); cancelled; timeout.
/// Rate limits are waited for within the run's time limit. Every function may be called again after
/// any failure. No message contains the token.
class Forge {
 public:
  virtual ~Forge() = default;
  /// The repository's full name: `camaradesuk/syrf`.
  virtual const std::string& repository() const = 0;

  /// The current state, never from a cache that is older than the call.
  virtual PullRequest pull_request(Run& run, PullNumber number) = 0;
  /// All open pull requests with their labels, ordered by number, in as few requests as the host
  /// allows.
  virtual std::vector<PullRequest> open_pull_requests(Run& run) = 0;

  /// Success when the label is already set. A label that the repository lacks is created.
  virtual void add_label(Run& run, PullNumber number, std::string_view label) = 0;
  /// Success when the label is not set.
  virtual void remove_label(Run& run, PullNumber number, std::string_view label) = 0;

  /// The comments made with this credential whose first line is exactly `marker`; oldest first.
  virtual std::vector<Comment> own_comments(Run& run, PullNumber number,
                                            std::string_view marker) = 0;
  virtual Comment add_comment(Run& run, PullNumber number, const std::string& body) = 0;
  virtual void edit_comment(Run& run, const Comment& comment) = 0;
  /// Success when the comment does not exist any more.
  virtual void remove_comment(Run& run, std::int64_t id) = 0;

  /// Replaces the status with the same context and commit.
  virtual void set_status(Run& run, const CommitStatus& status) = 0;
  /// Records a deployment's state, and creates the deployment when this environment and commit have
  /// none. Older deployments of the environment become inactive.
  virtual void set_deployment(Run& run, const Deployment& deployment) = 0;
};

}  // namespace tidegate::forge
