#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/duration.hpp"
#include "cli/session.hpp"
#include "snapshot/audit.hpp"

namespace tidegate::cli {
namespace {

constexpr std::size_t k_rows_shown = 50;

/// Wrapped where somebody looks at it; one line for a program.
void say(const Session& session, const std::string& text) {
  const auto& out = session.screen().out();
  if (!out.terminal) return session.result(text);
  for (const auto& line : wrapped(text, out.look.width, 0)) session.result(line);
}

/// What a sentence that all is equal must not keep back.
std::string not_compared(const engine::VerifyReport& report) {
  if (report.not_compared.empty()) return {};
  std::vector<std::string> names;
  for (const auto& name : report.not_compared)
    names.push_back(fmt::format("'{}'", printable(name)));
  return fmt::format("; not compared, because documents of theirs have expired: {}",
                     fmt::join(names, ", "));
}

void show(const Session& session, const snapshot::Audited& audited, const Run& run) {
  const auto& report = audited.report;
  if (report.equal()) {
    say(session,
        fmt::format("{} ({}) is equal to what it should be: {}, {}, compared by {} in {}",
                    audited.target, audited.database.text(), audited.metadata.what_it_holds(),
                    counted(audited.metadata.total_documents(), "document"), to_text(report.method),
                    to_text(run.elapsed())) +
            not_compared(report));
    return;
  }
  session.result(fmt::format(
      "{} ({}) differs from what it should be: {}", audited.target, audited.database.text(),
      counted(static_cast<std::int64_t>(report.differences.size()), "difference")));
  Table table({Align::left, Align::left, Align::left, Align::left});
  table.row({"COLLECTION", "WHAT", "EXPECTED", "FOUND"});
  for (const auto& difference : report.differences) {
    table.row({printable(difference.collection), difference.what, printable(difference.expected),
               printable(difference.found)});
    if (table.size() > k_rows_shown) break;
  }
  for (const auto& line : table.lines()) session.result(line);
  if (report.differences.size() > k_rows_shown) {
    session.result(fmt::format("  and {} more; --json has all of them",
                               report.differences.size() - k_rows_shown));
  }
}

/// The snapshot is no target to drop, but it is a place to look at, with the producer's credential.
DropPlan place_of(const config::Config& config, const config::Address& address) {
  if (address.target) return config.drop_plan(address.database, *address.target, {});
  auto snapshot = config.snapshot_plan(address.database);
  DropPlan place{.name = std::move(snapshot.name),
                 .engine = snapshot.engine,
                 .topology = std::move(snapshot.topology),
                 .target = {"snapshot", std::nullopt},
                 .endpoint = std::move(snapshot.endpoint)};
  place.copy = std::move(snapshot.copy);
  place.limits = snapshot.limits;
  return place;
}

nlohmann::ordered_json as_json(const snapshot::Audited& audited) {
  nlohmann::ordered_json document;
  document["target"] = audited.target;
  document["database"] = audited.database.text();
  document["equal"] = audited.report.equal();
  document["method"] = to_text(audited.report.method);
  document["differences"] = nlohmann::ordered_json::array();
  for (const auto& difference : audited.report.differences) {
    document["differences"].push_back({{"collection", difference.collection},
                                       {"what", difference.what},
                                       {"expected", difference.expected},
                                       {"found", difference.found}});
  }
  document["not_compared"] = audited.report.not_compared;
  return document;
}

}  // namespace

int run_verify(Session& session, const Invocation& invocation) {
  const auto& config = session.config();
  const auto address = config.address(invocation.arguments.front(), config::SnapshotWord::accepted);
  const auto plan = place_of(config, address);
  const Gate gate(plan.topology);
  const auto engine = session.engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  auto& run = session.start(config.timeout());

  const auto audited = snapshot::audit(run, *engine, gate, session.journal(), plan);

  session.finish();
  if (session.json()) {
    session.result(as_json(audited));
  } else {
    show(session, audited, run);
  }
  return audited.report.equal() ? 0 : describe(ErrorKind::verification).exit_code;
}

}  // namespace tidegate::cli
