#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/duration.hpp"
#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "snapshot/audit.hpp"
#include "snapshot/drill.hpp"
#include "snapshot/prove.hpp"

namespace tidegate::cli {
namespace {

constexpr std::size_t k_rows_shown = 50;

/// Wrapped on a terminal; one line for a program.
void say(const CommandContext& session, const std::string& text) {
  const auto& out = session.screen().out();
  if (!out.terminal) return session.result(text);
  for (const auto& line : wrapped(text, out.look.width, 0)) session.result(line);
}

/// The items that were not compared: the message that all is equal must name them.
std::string not_compared(const engine::VerifyReport& report) {
  if (report.not_compared.empty()) return {};
  std::vector<std::string> names;
  for (const auto& name : report.not_compared)
    names.push_back(fmt::format("'{}'", printable(name)));
  return fmt::format("; not compared, because documents of theirs have expired: {}",
                     fmt::join(names, ", "));
}

/// The result of a comparison of any kind.
struct Result {
  std::string target;  ///< `pr-42`, `snapshot`
  std::string place;   ///< a database, or where the archives are
  std::string held;    ///< what it is equal to, for people
  engine::VerifyReport report;
  std::vector<std::string> archives{};
};

void show_text(const CommandContext& session, const Result& result, const Run& run) {
  const auto& differences = result.report.differences;
  if (differences.empty()) {
    return say(session, fmt::format("{} ({}) is equal to what it should be: {}, in {}{}",
                                    result.target, result.place, result.held,
                                    to_text(run.elapsed()), not_compared(result.report)));
  }
  session.result(fmt::format("{} ({}) differs from what it should be: {}", result.target,
                             result.place,
                             counted(static_cast<std::int64_t>(differences.size()), "difference")));
  Table table({Align::left, Align::left, Align::left, Align::left});
  table.row({result.archives.empty() ? "COLLECTION" : "WHERE", "WHAT", "EXPECTED", "FOUND"});
  for (const auto& difference : differences) {
    table.row({printable(difference.collection), difference.what, printable(difference.expected),
               printable(difference.found)});
    if (table.size() > k_rows_shown) break;
  }
  for (const auto& line : table.lines()) session.result(line);
  if (differences.size() > k_rows_shown) {
    session.result(
        fmt::format("  and {} more; --json has all of them", differences.size() - k_rows_shown));
  }
}

nlohmann::ordered_json as_json(const Result& result) {
  nlohmann::ordered_json document;
  document["target"] = result.target;
  document[result.archives.empty() ? "database" : "place"] = result.place;
  document["equal"] = result.report.equal();
  document["method"] = to_text(result.report.method);
  if (!result.archives.empty()) document["archives"] = result.archives;
  document["differences"] = nlohmann::ordered_json::array();
  for (const auto& difference : result.report.differences) {
    document["differences"].push_back({{"collection", difference.collection},
                                       {"what", difference.what},
                                       {"expected", difference.expected},
                                       {"found", difference.found}});
  }
  document["not_compared"] = result.report.not_compared;
  return document;
}

int show(CommandContext& session, const Result& result, const Run& run) {
  session.finish();
  if (session.json()) {
    session.result(as_json(result));
  } else {
    show_text(session, result, run);
  }
  return result.report.equal() ? 0 : describe(ErrorKind::verification).exit_code;
}

/// The plan to read the address's database. The snapshot, which no plan drops, is read with the
/// producer's credential.
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

int verify_database(CommandContext& session, const config::Address& address) {
  const auto& config = session.config();
  const auto plan = place_of(config, address);
  const Gate gate(plan.topology);
  const auto engine =
      session.services().engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  auto& run = session.start(config.timeout());
  const auto audited = snapshot::audit(run, *engine, gate, session.services().journal(), plan);
  const auto& metadata = audited.metadata;
  return show(
      session,
      {audited.target, audited.database.text(),
       fmt::format("{}, {}, compared by {}", metadata.what_it_holds(),
                   counted(metadata.total_documents(), "document"), to_text(audited.report.method)),
       audited.report},
      run);
}

int verify_archives(CommandContext& session, const SnapshotPlan& plan, const std::string& name) {
  const auto engine =
      session.services().engine(plan.engine, plan.endpoint, plan.copy.metadata_collection);
  const auto store = session.services().store(*plan.archives);
  auto& run = session.start(session.config().timeout());
  const auto proved =
      snapshot::prove(run, *engine, *store, session.services().journal(), plan, name);
  Result result{"snapshot", store->place(), "", proved.report};
  Bytes size;
  for (const auto& entry : proved.archives) {
    result.archives.push_back(entry.name);
    size += entry.size;
  }
  result.held = fmt::format("{}, {}, whole by SHA-256",
                            counted(static_cast<std::int64_t>(proved.archives.size()), "archive"),
                            to_text(size));
  return show(session, result, run);
}

int drill_archive(CommandContext& session, const SnapshotPlan& plan, const std::string& name) {
  const auto endpoint = session.config().drill_place(plan.name);
  const auto engine =
      session.services().engine(plan.engine, endpoint, plan.copy.metadata_collection);
  const auto store = session.services().store(*plan.archives);
  const Gate gate(plan.topology);
  auto& run = session.start(session.config().timeout());
  const auto drilled = snapshot::drill(run, *engine, *store, gate, session.services().journal(),
                                       plan, name, session.services().wish());
  return show(session,
              {"snapshot",
               store->place(),
               fmt::format("{} restores to {}, {}{}", drilled.entry.name,
                           counted_kinds(drilled.report.contents),
                           drilled.report.method == Verified::none
                               ? "not compared, since its counts were not recorded"
                               : fmt::format("compared by {}", to_text(drilled.report.method)),
                           drilled.learnt ? ", its checksums recorded" : ""),
               drilled.report,
               {drilled.entry.name}},
              run);
}

int run_verify(CommandContext& session, const Invocation& invocation) {
  const auto& config = session.config();
  const auto address = config.address(invocation.arguments.front(), config::SnapshotWord::accepted);
  const auto name = config.given("--from").value_or("");
  if (address.snapshot && config.archives(address.database)) {
    const auto plan = config.snapshot_plan(address.database);
    return invocation.has("--restore") ? drill_archive(session, plan, name)
                                       : verify_archives(session, plan, name);
  }
  if (invocation.has("--restore") || !name.empty()) {
    throw Error(ErrorKind::usage, "'--restore' and '--from' are about snapshots that are archives",
                "leave them out, or name the snapshot of a database with 'snapshot.directory'");
  }
  return verify_database(session, address);
}

}  // namespace

Command verify_command() {
  return {.name = "verify",
          .arguments = "[DB/]TARGET",
          .least_arguments = 1,
          .most_arguments = 1,
          .summary = "compare a target, or the snapshot, with what it should be",
          .details =
              "Down to the documents; writes nothing. TARGET is pr-<number>, a named target, "
              "or the word snapshot. Differences give exit code 10. Of archives every byte is "
              "read; --restore restores the newest, or the one that --from names, into a "
              "scratch database, compares it and drops it.",
          .flags = {{"--restore", FlagValue::none, "",
                     "prove an archive by restoring it into a scratch database"}},
          .examples = {{"tidegate verify snapshot", "is the snapshot still whole?"},
                       {"tidegate verify syrf/pr-42", "has this preview been changed?"}},
          .needs = Needs::file,
          .run = run_verify};
}

}  // namespace tidegate::cli
