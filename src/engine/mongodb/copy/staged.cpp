#include "engine/mongodb/copy/staged.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mongodb/publish/publish.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// Short after a stop: the program is to be gone within seconds, and the next run clears up too.
constexpr std::chrono::milliseconds k_discard_limit{30'000}, k_discard_limit_after_stop{4'000};

}  // namespace

StagedCopy::StagedCopy(Run& run, Server& server, ServerLease& lease, StageRequest request)
    : run_(run), server_(server), lease_(lease), request_(std::move(request)) {}

StagedCopy::~StagedCopy() {
  if (armed_) discard();
}

Consistency StagedCopy::consistency() const {
  if (request_.snapshot) return request_.snapshot->consistency;
  return read_at_one_moment(cut_, pieces_) ? Consistency::point_in_time
                                           : Consistency::per_collection;
}

std::string StagedCopy::method() const {
  if (request_.archive) return "stream";
  const bool all_merged =
      !pieces_.empty() && std::all_of(pieces_.begin(), pieces_.end(),
                                      [](const auto& piece) { return piece.method == "$merge"; });
  return all_merged ? "$merge" : "$out";
}

int StagedCopy::unchanged() const {
  return static_cast<int>(std::count_if(pieces_.begin(), pieces_.end(),
                                        [](const auto& each) { return each.unchanged; }));
}

void StagedCopy::describe() {
  contents_.clear();
  for (const auto& piece : pieces_) contents_.push_back(piece.content());
  std::sort(contents_.begin(), contents_.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
}

void StagedCopy::discard() noexcept {
  try {
    // The run itself may be stopped, and its time over.
    SilentProgress silent;
    Run own(run_.id() + " discard", run_.clock(), run_.log(), silent, {},
            run_.stop().stop_requested() ? k_discard_limit_after_stop : k_discard_limit);
    const CommandOptions once{.idempotent = false, .max_time = {}, .needs = {}};
    while (server_.kill_operations(own, run_.id(), {}, once) > 0)
      own.sleep(std::chrono::milliseconds{200});
    for (const auto& each : server_.collections(own, lease_.database())) {
      if (is_staging(each.name) && !is_aside(each.name) && run_in(each.name) == run_.id()) {
        drop_collection(own, server_, {lease_.database(), each.name});
      }
    }
  } catch (const std::exception& error) {
    run_.log().warning(
        fmt::format("cannot remove what was staged in '{}': {}; the next run does it",
                    lease_.database(), error.what()),
        {{"run", run_.id()}});
  }
}

}  // namespace tidegate::engine::mongodb
