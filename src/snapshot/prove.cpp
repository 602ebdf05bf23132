#include "snapshot/prove.hpp"

#include <fmt/format.h>

#include "snapshot/pick.hpp"
#include "snapshot/record.hpp"

namespace tidegate::snapshot {
namespace {

/// Damage becomes a difference; any other error ends the run.
void look_at(Run& run, engine::Engine& engine, archive::Store& store, const archive::Entry& entry,
             std::vector<engine::Difference>& differences) {
  try {
    const auto fetched = store.fetch(run, entry);
    for (auto& difference : engine.examine(run, fetched->path(), entry.metadata).differences) {
      difference.what = fmt::format("{} of '{}'", difference.what, difference.collection);
      difference.collection = entry.name;
      differences.push_back(std::move(difference));
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::verification) throw;
    differences.push_back({entry.name, "archive", "whole", error.message()});
  }
}

void say(Run& run, const archive::Entry& entry, bool whole) {
  run.progress().step(whole ? Mark::ok : Mark::failed, "archive",
                      fmt::format("{}: {}, {}", entry.name, to_text(entry.size),
                                  whole ? "whole by its SHA-256" : "DAMAGED"));
}

ProofResult prove_all(Run& run, engine::Engine& engine, archive::Store& store,
                      const SnapshotPlan& plan, const std::string& name) {
  const auto listing = store.list(run, plan.name);
  ProofResult proved;
  if (name.empty()) {
    proved.archives = listing.archives;
    for (const auto& damaged : listing.damaged) {
      proved.report.differences.push_back(
          {damaged, "archive", "whole", "the sidecar is missing or states another size"});
    }
  } else {
    proved.archives = {named(store, listing, name)};
  }
  if (proved.archives.empty() && proved.report.differences.empty()) {
    pick(run, store, plan.name, name);  // throws not_found
  }
  for (const auto& entry : proved.archives) {
    const auto before = proved.report.differences.size();
    look_at(run, engine, store, entry, proved.report.differences);
    say(run, entry, proved.report.differences.size() == before);
  }
  proved.report.method = Verified::checksum;
  return proved;
}

RunVerdict judge(const ProofResult& proved) {
  RunVerdict judged;
  if (!proved.archives.empty()) judged.metadata = proved.archives.back().metadata;
  if (proved.report.equal()) return judged;
  const auto& first = proved.report.differences.front();
  judged.verdict =
      Error(ErrorKind::verification,
            fmt::format(
                "{}; the first: '{}': {}",
                counted(static_cast<std::int64_t>(proved.report.differences.size()), "difference"),
                first.collection, first.found));
  return judged;
}

}  // namespace

ProofResult prove(Run& run, engine::Engine& engine, archive::Store& store,
                  journal::Journal& journal, const SnapshotPlan& plan, const std::string& name) {
  const Entry entry{"verify", plan.name, "", store.place(), "snapshot"};
  ProofResult proved;
  recorded(run, journal, entry, [&] {
    run.progress().begin(plan.name, "verify archives " + store.place(), "");
    proved = prove_all(run, engine, store, plan, name);
    return judge(proved);
  });
  return proved;
}

}  // namespace tidegate::snapshot
