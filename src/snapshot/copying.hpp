#pragma once

/// The steps shared by taking a snapshot and filling a target: copy and compare until the source
/// did not change meanwhile, describe the result, and finish an interrupted publish.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"

namespace tidegate::snapshot {

/// The maximum number of copies begun when the source changes during each of them.
inline constexpr int k_most_starts = 5;

struct CopyOutcome {
  std::unique_ptr<engine::Staged> staged;
  engine::VerifyReport report;
};

/// The reason why the copied data no longer comes from one source; empty when it does.
using StillTheSame = std::function<std::string()>;

/// Stages the request returned by `ask` and compares the copy. When the source changed meanwhile,
/// or `recheck` reports a reason, it discards the copy, logs the reason as a warning, and calls
/// `ask` again.
/// @throws Error verification: names the differences; `consequence` says what is untouched. remote:
/// the source changed during every copy.
CopyOutcome copy(Run& run, engine::Engine& engine, engine::Lease& lease,
                 const std::function<engine::StageRequest()>& ask, const StillTheSame& recheck,
                 std::string_view consequence);

/// The metadata of anything filled by this run: contents, run, tool and times.
Metadata describe(const Run& run, std::vector<Content> contents);
/// The metadata of a copy: times, contents, consistency, verification method, run and tool. The
/// caller adds source, target and origins.
Metadata describe(const Run& run, const CopyOutcome& copied);

/// Publishes the copy and reports it, with the time it took and what it replaced.
void publish(Run& run, engine::Engine& engine, CopyOutcome& copied, const Metadata& metadata,
             engine::Lease& lease, std::string_view replaced);

/// Reports, as steps, what taking the lease recovered from its last holder.
void say_recovered(Run& run, const engine::Lease& lease);

/// Called for a retry after a try that failed after its commit point: taking the lease finishes the
/// interrupted publish.
/// @throws Error remote: the commit point was not reached after all; the previous content is
/// intact.
Metadata finish_committed(Run& run, engine::Engine& engine, const WriteTarget& target);

}  // namespace tidegate::snapshot
