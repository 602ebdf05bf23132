#pragma once

/// What taking a snapshot and filling a target have in common: copy and compare until the source
/// held still, describe the result, and finish what a failed publish has begun.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "model/metadata.hpp"

namespace tidegate::snapshot {

/// How often a copy is begun in all when its source changes under it.
inline constexpr int k_most_starts = 5;

struct Copied {
  std::unique_ptr<engine::Staged> staged;
  engine::VerifyReport report;
};

/// Why what was just copied is not of one source any more; empty when it is.
using StillTheSame = std::function<std::string()>;

/// Stages what `ask` asks for and compares it. When the source changed meanwhile, or `recheck` says
/// so, the copy is discarded, the reason said in a warning, and `ask` asked again.
/// @throws Error verification: the differences are named, `consequence` says what is untouched;
/// remote: the source changed each time.
Copied copy(Run& run, engine::Engine& engine, engine::Lease& lease,
            const std::function<engine::StageRequest()>& ask, const StillTheSame& recheck,
            std::string_view consequence);

/// What holds for anything that this run has filled: contents, run, tool, when it ran.
Metadata describe(const Run& run, std::vector<Content> contents);
/// What holds for any copy: moments, contents, consistency, how it was verified, run and tool. The
/// caller adds source, target and origins.
Metadata describe(const Run& run, const Copied& copied);

/// Publishes and says so, with the time it took and what was replaced.
void publish(Run& run, engine::Engine& engine, Copied& copied, const Metadata& metadata,
             engine::Lease& lease, std::string_view replaced);

/// What the last holder of the lease had left behind, said as steps.
void say_recovered(Run& run, const engine::Lease& lease);

/// For a try after one that failed behind its commit point: taking the lease finishes what was
/// begun.
/// @throws Error remote: the commit point was not reached after all; what was there is whole.
Metadata finish_committed(Run& run, engine::Engine& engine, const WriteTarget& target);

}  // namespace tidegate::snapshot
