#include "snapshot/copying.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/utc.hpp"

namespace tidegate::snapshot {
namespace {

constexpr std::chrono::milliseconds k_patience{60'000};

enum class Origin { production_at_one_moment, production, snapshot };

std::string equal_in_size(Origin origin) {
  switch (origin) {
    case Origin::production_at_one_moment:
      return "equal in count and bytes at the moment of the cut";
    case Origin::production:
      return "equal in count and bytes, each at the moment it was read";
    case Origin::snapshot:
      break;
  }
  // Copied from a snapshot as files, not row by row.
  return "equal to the snapshot in definition and size";
}

std::string how(Verified method, Origin origin) {
  switch (method) {
    case Verified::checksum:
      return "equal by checksum";
    case Verified::size:
      return equal_in_size(origin);
    case Verified::count:
      return "plausible in count, which is all that could be compared";
    case Verified::none:
      break;
  }
  return "copied, but could not be compared";
}

/// PostgreSQL may print a definition otherwise since an update of the server, and would at each
/// try.
bool only_definitions(const engine::VerifyReport& report) {
  return std::all_of(report.differences.begin(), report.differences.end(),
                     [](const auto& difference) { return difference.what == "definition"; });
}

std::string hint_for(const engine::VerifyReport& report, Origin origin) {
  if (origin == Origin::snapshot && only_definitions(report)) {
    return "take a new snapshot: definitions are recorded as the server prints them, and an update "
           "of the server may have changed that since this one was taken";
  }
  return "run the command again, for the source may have been changed while it was copied; where "
         "the same differences come back, report them";
}

Error differs(const WriteTarget& target, const engine::VerifyReport& report, Origin origin,
              std::string_view consequence) {
  std::vector<std::string> facts;
  for (const auto& difference : report.differences) {
    facts.push_back(fmt::format("'{}': {} should be {}, is {}", difference.collection,
                                difference.what, difference.expected, difference.found));
  }
  const auto count = counted(static_cast<std::int64_t>(facts.size()), "difference");
  constexpr std::size_t k_shown = 5;
  if (facts.size() > k_shown) {
    const auto more = facts.size() - k_shown;
    facts.resize(k_shown);
    facts.push_back(fmt::format("{} more", more));
  }
  return {ErrorKind::verification,
          fmt::format("cannot publish '{}': the copy is not its source; {}: {}; {}",
                      target.database().text(), count, fmt::join(facts, "; "), consequence),
          hint_for(report, origin)};
}

std::size_t collections_in(const std::vector<Content>& contents) {
  return static_cast<std::size_t>(std::count_if(
      contents.begin(), contents.end(), [](const Content& content) { return !content.is_view(); }));
}

/// For copies of production only: a target filled from a snapshot has the snapshot's time, which
/// was already reported.
void say_cut(Run& run, const engine::Staged& staged) {
  if (run.mode() == Mode::dry_run) return;
  const auto collections = collections_in(staged.contents());
  if (staged.consistency() == Consistency::point_in_time) {
    const auto of = collections == 1
                        ? "the one collection"
                        : fmt::format("all {} collections",
                                      group_digits(static_cast<std::int64_t>(collections)));
    run.progress().step(Mark::ok, "cut",
                        fmt::format("{}, one moment for {}", to_second(staged.cut()), of));
  } else {
    run.progress().step(
        Mark::warning, "cut",
        fmt::format("{}, each collection as of its own moment", to_second(staged.cut())));
  }
}

Origin origin_of(const engine::StageRequest& request, const engine::Staged& staged) {
  if (request.snapshot) return Origin::snapshot;
  return staged.consistency() == Consistency::point_in_time ? Origin::production_at_one_moment
                                                            : Origin::production;
}

void say_verified(Run& run, const engine::VerifyReport& report, Origin origin) {
  if (run.mode() == Mode::dry_run || report.contents.empty()) return;
  const bool compared = report.method == Verified::checksum || report.method == Verified::size;
  run.progress().step(
      compared ? Mark::ok : Mark::warning, "verified",
      fmt::format("{} {}", counted_kinds(report.contents), how(report.method, origin)));
}

}  // namespace

CopyOutcome copy(Run& run, engine::Engine& engine, engine::Lease& lease,
                 const std::function<engine::StageRequest()>& ask, const StillTheSame& recheck,
                 std::string_view consequence) {
  std::string reason;
  for (int start = 1; start <= k_most_starts; ++start) {
    run.check();
    const auto request = ask();
    CopyOutcome copied{engine.stage(run, request, lease), {}};
    const auto& staged = *copied.staged;
    if (staged.outcome() == engine::StageOutcome::complete) {
      copied.report = engine.verify(run, *copied.staged, lease);
    }
    reason = staged.outcome() == engine::StageOutcome::complete ? recheck() : staged.reason();
    if (reason.empty()) {
      if (!request.snapshot) say_cut(run, staged);
      if (!copied.report.equal()) {
        throw differs(lease.target(), copied.report, origin_of(request, staged), consequence);
      }
      say_verified(run, copied.report, origin_of(request, staged));
      return copied;
    }
    run.progress().step(
        Mark::warning, "source",
        fmt::format("{}; {}", reason,
                    start < k_most_starts ? "starting over" : "that was the last try"));
  }
  throw Error(ErrorKind::remote,
              fmt::format("the source of '{}' changed under each of {} copies (last: {}); {}",
                          lease.target().database().text(), k_most_starts, reason, consequence),
              "try again when the source is quieter");
}

Metadata describe(const Run& run, std::vector<Content> contents) {
  Metadata metadata;
  metadata.run = run.id();
  metadata.tool_version = TIDEGATE_VERSION;
  metadata.finished_at = run.clock().now();
  metadata.started_at = metadata.finished_at - run.elapsed();
  metadata.contents = std::move(contents);
  for (const auto& content : metadata.contents) {
    if (!content.is_view()) metadata.collections.push_back(content.name);
  }
  std::sort(metadata.collections.begin(), metadata.collections.end());
  return metadata;
}

Metadata describe(const Run& run, const CopyOutcome& copied) {
  auto metadata = describe(run, copied.report.contents);
  metadata.timestamp = copied.staged->cut();
  metadata.method = copied.staged->method();
  metadata.consistency = copied.staged->consistency();
  metadata.verified = copied.report.method;
  return metadata;
}

void publish(Run& run, engine::Engine& engine, CopyOutcome& copied, const Metadata& metadata,
             engine::Lease& lease, std::string_view replaced) {
  const auto before = run.elapsed();
  engine.publish(run, *copied.staged, metadata, lease);
  if (run.mode() == Mode::dry_run) return;
  const auto unchanged = copied.staged->unchanged();
  run.progress().step(
      Mark::ok, "published",
      fmt::format("in {}{}{}", to_text(run.elapsed() - before),
                  replaced.empty() ? "" : fmt::format(", in place of {}", replaced),
                  unchanged == 0 ? "" : fmt::format(", {} left in place unchanged", unchanged)));
}

void say_recovered(Run& run, const engine::Lease& lease) {
  for (const auto& text : lease.recovered()) run.progress().step(Mark::warning, "recovered", text);
}

Metadata finish_committed(Run& run, engine::Engine& engine, const WriteTarget& target) {
  {
    // Another run may be finishing it now.
    const auto lease = engine.lease(run, target, {k_patience});
    say_recovered(run, *lease);
  }
  const auto published = engine.metadata(run, target.database());
  if (published && published->run == run.id()) return *published;
  throw Error(
      ErrorKind::remote,
      fmt::format("publishing '{}' failed before the commit point; the previous content is intact",
                  target.database().text()),
      "run the command again");
}

}  // namespace tidegate::snapshot
