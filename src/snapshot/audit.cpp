#include "snapshot/audit.hpp"

#include <fmt/format.h>

#include "snapshot/record.hpp"

namespace tidegate::snapshot {
namespace {

DatabaseName database_of(const Gate& gate, const DropPlan& place) {
  if (place.target.text != "snapshot") return gate.database_of(place.target);
  if (gate.topology().snapshot) return *gate.topology().snapshot;
  throw Error(ErrorKind::config, fmt::format("'{}' has no snapshot database", place.name),
              fmt::format("set 'databases.{}.snapshot.database'", place.name));
}

Metadata expected(Run& run, engine::Engine& engine, const DatabaseName& database,
                  const std::string& target) {
  const auto found = engine.inspect(run, database);
  if (!found.exists) {
    throw Error(ErrorKind::not_found,
                fmt::format("'{}' ('{}') does not exist", target, database.text()),
                "'tidegate status' lists what there is");
  }
  if (!found.unreadable.empty()) {
    throw Error(ErrorKind::remote, found.unreadable,
                target == "snapshot" ? "take the snapshot again" : "fill the target again");
  }
  if (!found.metadata) {
    throw Error(ErrorKind::not_found,
                fmt::format("nothing says what '{}' ('{}') should hold: it has no metadata", target,
                            database.text()),
                "only what tidegate has filled can be verified");
  }
  if (found.metadata->method == "seed") {
    throw Error(ErrorKind::not_found,
                fmt::format("nothing says what '{}' ('{}') should hold: the application seeded it",
                            target, database.text()),
                "only what was filled from a snapshot can be verified");
  }
  return *found.metadata;
}

/// The outcome for the journal, which must not say `ok` about a database with differences.
Error as_failure(const std::vector<engine::Difference>& differences) {
  const auto& first = differences.front();
  return {ErrorKind::verification,
          fmt::format("{}; the first: '{}': {} should be {}, is {}",
                      counted(static_cast<std::int64_t>(differences.size()), "difference"),
                      first.collection, first.what, first.expected, first.found)};
}

}  // namespace

AuditResult audit(Run& run, engine::Engine& engine, const Gate& gate, journal::Journal& journal,
                  const DropPlan& place) {
  const auto database = database_of(gate, place);
  const Entry entry{"verify", place.name, "", database.text(), place.target.text};
  std::optional<AuditResult> result;
  recorded(run, journal, entry, [&] {
    run.progress().begin(place.name,
                         fmt::format("verify {} {}", place.target.text, database.text()), "");
    const auto metadata = expected(run, engine, database, place.target.text);
    result =
        AuditResult{place.target.text, database, metadata, engine.audit(run, database, metadata)};
    const auto& differences = result->report.differences;
    run.progress().step(differences.empty() ? Mark::ok : Mark::failed, "verified",
                        differences.empty()
                            ? metadata.what_it_holds() + ", equal"
                            : counted(static_cast<std::int64_t>(differences.size()), "difference"));
    RunVerdict judged{metadata, {}};
    if (!differences.empty()) judged.verdict = as_failure(differences);
    return judged;
  });
  return *result;
}

}  // namespace tidegate::snapshot
