#include "preview/failure_record.hpp"

#include <chrono>
#include <utility>

#include "engine/notes.hpp"
#include "engine/sign_in.hpp"

namespace tidegate::preview {
namespace {

constexpr std::chrono::seconds k_limit{20};

bool concerns_target(const Error& error) {
  return error.kind() != ErrorKind::cancelled && error.kind() != ErrorKind::conflict &&
         error.kind() != ErrorKind::locked && !engine::is_sign_in(error);
}

}  // namespace

FailureRecorder::FailureRecorder(Run& run, engine::Engine& engine, const Gate& gate,
                                 const TargetName& target, std::string commit,
                                 const Redactor& redactor)
    : run_(run),
      engine_(engine),
      gate_(gate),
      target_(target),
      commit_(std::move(commit)),
      redactor_(redactor) {}

void FailureRecorder::record(const Error& error) const {
  if (!concerns_target(error) || run_.mode() == Mode::dry_run) return;
  const FailureRecord failure{run_.id(),
                              run_.clock().now(),
                              std::string(describe(error.kind()).name),
                              redactor_.clean(error.message()),
                              redactor_.clean(error.hint()),
                              commit_};
  // The publish of this very run may have been finished under the lease: then it did not fail.
  const auto change = [&](const std::optional<Metadata>& now) -> std::optional<Metadata> {
    if (!now || now->run == failure.run) return std::nullopt;
    auto metadata = *now;
    metadata.last_failure = failure;
    return metadata;
  };
  // Of its own: the time limit of the run may be the reason.
  Run own(run_.id(), run_.clock(), run_.log(), run_.progress(), run_.stop(), k_limit);
  try {
    engine::Notes::annotate(own, engine_, mark(gate_, target_), change, {});
  } catch (const Error& why) {
    run_.log().info("the failure was not recorded in the target: " + why.message(),
                    {{"run", run_.id()}});
  }
}

}  // namespace tidegate::preview
