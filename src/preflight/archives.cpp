#include "preflight/archives.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "base/utc.hpp"

namespace tidegate::preflight {
namespace {

using tidegate::to_text;

void find_room(Findings& findings, Run& run, archive::Store& store,
               const archive::Listing& listing) {
  const auto free = store.free_space(run);
  if (!free) {
    findings.unproven("space", fmt::format("'{}' does not say what is free", store.place()));
    return;
  }
  if (listing.archives.empty()) {
    findings.ok("space", fmt::format("{} free", to_text(*free)));
    return;
  }
  const auto newest = listing.archives.back().size;
  const auto text =
      fmt::format("the newest archive has {}, {} free", to_text(newest), to_text(*free));
  if (*free >= newest) return findings.ok("space", text);
  findings.failed("space", ErrorKind::no_space, text,
                  "make room there (for an object store: in TMPDIR), or keep fewer archives "
                  "('snapshot.keep'): old ones go only after the new one is there");
}

void find_damaged(Findings& findings, const archive::Listing& listing) {
  for (const auto& name : listing.damaged) {
    findings.warning(
        "archives",
        fmt::format("'{}' is damaged: its '.json' is missing or states another size", name),
        "compare it with a copy elsewhere, or remove it");
  }
}

std::string take_hint(const Findings& findings) {
  return fmt::format("take one with 'tidegate snapshot {}'", findings.database());
}

}  // namespace

void find_age(Findings& findings, SystemTime taken, SystemTime now,
              std::optional<std::chrono::milliseconds> max_age) {
  const auto age = now - taken;
  const auto text = fmt::format("of {}, {} old", to_minute(taken),
                                to_text(std::max(age, std::chrono::milliseconds{0})));
  if (!max_age || age <= *max_age) return findings.ok("snapshot", text);
  findings.warning("snapshot", fmt::format("{}; stale: older than {}", text, to_text(*max_age)),
                   take_hint(findings));
}

void find_no_snapshot(Findings& findings, const std::string& why) {
  findings.warning("snapshot", why.empty() ? "there is none yet" : why, take_hint(findings));
}

void find_archives(Findings& findings, Run& run, archive::Store& store,
                   std::optional<std::chrono::milliseconds> max_age) {
  if (run.mode() == Mode::dry_run) {
    findings.unproven("archives",
                      fmt::format("'{}' was not tried: a dry run writes nothing", store.place()));
    return;
  }
  store.check(run);
  findings.ok("archives", fmt::format("'{}' can be written; a probe was written, read and removed",
                                      store.place()));
  for (const auto& remark : store.remarks(run)) {
    findings.warning("archives", remark.text, remark.hint);
  }
  const auto listing = store.list(run, findings.database());
  find_damaged(findings, listing);
  if (listing.archives.empty()) {
    find_no_snapshot(findings, {});
  } else {
    find_age(findings, listing.archives.back().metadata.timestamp, run.clock().now(), max_age);
  }
  find_room(findings, run, store, listing);
}

}  // namespace tidegate::preflight
