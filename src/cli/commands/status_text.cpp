#include "cli/commands/status_text.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/duration.hpp"
#include "base/utc.hpp"
#include "cli/terminal/outcome.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::cli {
namespace {

using Cells = std::vector<std::string>;

/// Without milliseconds, which say nothing about an age.
std::string age_text(std::chrono::milliseconds age) {
  if (age < std::chrono::minutes{1}) return fmt::format("{} s", age.count() / 1000);
  return to_text(age);
}

std::string verified_text(const Metadata& metadata) {
  if (metadata.verified == Verified::none) return "not verified";
  return fmt::format("{} verified", to_text(metadata.verified));
}

std::string writing_text(const engine::Holder& holder) {
  if (holder.expired) return fmt::format("run {} died here; the next one clears up", holder.run);
  return fmt::format("being written by run {} on {}", holder.run, printable(holder.host));
}

/// Facts after the name and the database, the same distance apart; missing ones take no space.
std::string facts(const Cells& cells) {
  std::string text;
  for (const auto& cell : cells) {
    if (cell.empty()) continue;
    if (!text.empty()) text += "   ";
    text += cell;
  }
  return text;
}

std::string number_of(const std::vector<std::string>& things, std::string_view noun) {
  return things.empty() ? "" : counted(static_cast<std::int64_t>(things.size()), noun);
}

/// Facts about the archives besides the newest one.
Cells archive_facts(const preview::ArchivesState& archives, const OutputStyle& look) {
  Cells cells{
      fmt::format("{} of {} in all", number_of(archives.names, "archive"), to_text(archives.size))};
  if (archives.names.empty()) cells.clear();
  if (!archives.damaged.empty()) {
    cells.push_back(
        coloured(number_of(archives.damaged, "archive") + " DAMAGED", Colour::yellow, look));
  }
  if (!archives.from_the_future.empty()) {
    cells.push_back(coloured(number_of(archives.from_the_future, "archive") + " FROM THE FUTURE",
                             Colour::yellow, look));
  }
  if (!archives.unfinished.empty()) {
    cells.push_back(number_of(archives.unfinished, "file") + " unfinished");
  }
  if (!archives.strangers.empty()) {
    cells.push_back(number_of(archives.strangers, "stranger"));
  }
  return cells;
}

std::string snapshot_facts(const preview::SnapshotState& snapshot,
                           const std::optional<SystemTime>& next, const OutputStyle& look) {
  Cells cells;
  if (!snapshot.unproven.empty()) {
    cells.push_back("unproven: " + printable(snapshot.unproven));
  } else if (!snapshot.metadata) {
    cells.emplace_back(snapshot.archives ? "no complete archive yet" : "no complete snapshot yet");
  } else {
    const auto& metadata = *snapshot.metadata;
    if (snapshot.age) cells.push_back(age_text(*snapshot.age) + " old");
    cells.push_back(counted(metadata.total_documents(), "document"));
    cells.push_back(to_text(metadata.total_bytes()));
    cells.push_back(verified_text(metadata));
    if (metadata.status == Status::publishing) cells.emplace_back("publishing");
  }
  if (snapshot.archives && snapshot.unproven.empty()) {
    for (auto& cell : archive_facts(*snapshot.archives, look)) cells.push_back(std::move(cell));
  }
  if (snapshot.holder) cells.push_back(writing_text(*snapshot.holder));
  if (!snapshot.staging.empty()) {
    cells.push_back(fmt::format(
        "{} left by a dead run",
        counted(static_cast<long long>(snapshot.staging.size()), "staging collection")));
  }
  if (next) cells.push_back("next " + to_minute(*next));
  if (snapshot.stale) {
    cells.push_back(coloured("STALE: older than max_age", Colour::yellow, look));
  }
  return facts(cells);
}

std::string place_of(const preview::SnapshotState& snapshot) {
  if (snapshot.archives) return printable(snapshot.archives->place);
  return snapshot.database ? snapshot.database->text() : "";
}

std::string origin_text(const Metadata& metadata, const std::string& ago) {
  if (metadata.method == "seed") {
    const auto* unfinished = metadata.status == Status::publishing ? ", not finished" : "";
    return facts({std::string("seed data") + unfinished + (ago.empty() ? "" : ", " + ago)});
  }
  std::string text = metadata.snapshot
                         ? "from the snapshot of " + to_date(metadata.snapshot->timestamp)
                         : "from " + printable(metadata.source);
  if (!ago.empty()) text += ", " + ago;
  if (metadata.pull_request && !metadata.pull_request->commit.empty()) {
    text += ", commit " + printable(metadata.pull_request->commit.substr(0, 7));
  }
  return text;
}

std::string target_facts(const preview::TargetState& target, const OutputStyle& look) {
  Cells cells;
  if (!target.unproven.empty()) {
    cells.push_back("unproven: " + printable(target.unproven));
  } else if (!target.exists) {
    cells.emplace_back("not there");
  } else if (!target.metadata) {
    cells.emplace_back("there, but not filled by tidegate");
  } else {
    const auto& metadata = *target.metadata;
    cells.push_back(origin_text(metadata, target.age ? age_text(*target.age) + " ago" : ""));
    if (metadata.method != "seed") {
      cells.emplace_back(metadata.verified == Verified::none ? "not verified" : "verified");
    }
    if (metadata.locked) cells.push_back(coloured("LOCKED", Colour::yellow, look));
    if (target.stale) {
      cells.push_back(coloured("STALE: a newer one exists", Colour::yellow, look));
    }
  }
  if (target.holder) cells.push_back(writing_text(*target.holder));
  return facts(cells);
}

/// The facts of a line; a fact that is too long for a line is cut into several.
Cells facts_in(std::string rest, int width) {
  Cells cells;
  while (!rest.empty()) {
    const auto end = rest.find("   ");
    for (auto& piece : wrapped(rest.substr(0, end), width, 0)) cells.push_back(std::move(piece));
    rest = end == std::string::npos ? std::string() : rest.substr(end + 3);
  }
  return cells;
}

/// A line that is too long goes on below its last column.
std::vector<std::string> folded(const std::string& line, int column, const OutputStyle& look) {
  if (display_width(line) <= look.width || column > look.width / 2) return {line};
  const std::string margin(static_cast<std::size_t>(column), ' ');
  std::vector<std::string> lines;
  std::string current = line.substr(0, margin.size());
  for (const auto& fact : facts_in(line.substr(margin.size()), look.width - column)) {
    const bool first = display_width(current) == column;
    if (!first && display_width(current) + 3 + display_width(fact) > look.width) {
      lines.push_back(current);
      current = margin + fact;
    } else {
      current += (first ? "" : "   ") + fact;
    }
  }
  lines.push_back(current);
  return lines;
}

nlohmann::ordered_json holder_json(const engine::Holder& holder) {
  return {{"run", holder.run},         {"host", holder.host},
          {"process", holder.process}, {"started", to_rfc3339(holder.started)},
          {"expired", holder.expired}, {"phase", holder.phase}};
}

nlohmann::ordered_json snapshot_json(const preview::SnapshotState& snapshot) {
  nlohmann::ordered_json document;
  if (!snapshot.metadata) return nullptr;
  document = to_json(*snapshot.metadata);
  if (snapshot.database) document["database"] = snapshot.database->text();
  document["age_seconds"] = snapshot.age ? nlohmann::ordered_json(snapshot.age->count() / 1000)
                                         : nlohmann::ordered_json(nullptr);
  document["stale"] = snapshot.stale;
  if (snapshot.holder) document["holder"] = holder_json(*snapshot.holder);
  if (!snapshot.staging.empty()) document["staging"] = snapshot.staging;
  return document;
}

nlohmann::ordered_json archives_json(const preview::ArchivesState& archives) {
  return {{"place", archives.place},
          {"count", archives.names.size()},
          {"bytes", archives.size.count},
          {"newest", archives.newest.empty() ? nlohmann::ordered_json(nullptr)
                                             : nlohmann::ordered_json(archives.newest)},
          {"names", archives.names},
          {"from_the_future", archives.from_the_future},
          {"damaged", archives.damaged},
          {"unfinished", archives.unfinished},
          {"strangers", archives.strangers.size()}};
}

nlohmann::ordered_json target_json(const preview::TargetState& target) {
  nlohmann::ordered_json document{{"name", target.name}, {"database", target.database.text()}};
  document["exists"] = target.exists;
  if (!target.unproven.empty()) document["unproven"] = target.unproven;
  bool locked = false;
  if (target.metadata) {
    auto metadata = to_json(*target.metadata);
    if (metadata.contains("locked")) {
      document["lock"] = metadata["locked"];
      locked = true;
      metadata.erase("locked");
    }
    document.update(metadata);
  }
  document["locked"] = locked;
  document["stale"] = target.stale;
  if (target.age) document["age_seconds"] = target.age->count() / 1000;
  if (target.holder) document["holder"] = holder_json(*target.holder);
  return document;
}

}  // namespace

std::vector<std::string> status_lines(const StatusPart& part, const OutputStyle& look) {
  const auto& state = part.state;
  std::vector<std::string> lines{
      fmt::format("{}   {}", coloured(state.name, Colour::bold, look), to_text(state.engine))};
  Table table({Align::left, Align::left, Align::left});
  if (part.with_snapshot) {
    table.row(
        {"snapshot", place_of(state.snapshot), snapshot_facts(state.snapshot, part.next, look)});
  }
  if (part.with_targets) {
    for (const auto& target : state.targets) {
      table.row({printable(target.name), target.database.text(), target_facts(target, look)});
    }
    if (!state.previews_unproven.empty()) {
      table.row({"previews", "", "unproven: " + printable(state.previews_unproven)});
    }
  }
  for (const auto& row : table.lines()) {
    const auto folded_lines = folded(row, table.column(2), look);
    lines.insert(lines.end(), folded_lines.begin(), folded_lines.end());
  }
  return lines;
}

nlohmann::ordered_json status_json(const StatusPart& part) {
  const auto& state = part.state;
  nlohmann::ordered_json document{{"name", state.name}, {"engine", to_text(state.engine)}};
  if (part.with_snapshot) {
    document["snapshot"] = snapshot_json(state.snapshot);
    if (state.snapshot.archives) document["archives"] = archives_json(*state.snapshot.archives);
    if (!state.snapshot.unproven.empty()) document["snapshot_unproven"] = state.snapshot.unproven;
    if (!state.snapshot.metadata && state.snapshot.holder) {
      document["snapshot_holder"] = holder_json(*state.snapshot.holder);
    }
    document["next"] = part.next ? nlohmann::ordered_json(to_rfc3339(*part.next))
                                 : nlohmann::ordered_json(nullptr);
  }
  document["targets"] = nlohmann::ordered_json::array();
  if (part.with_targets) {
    for (const auto& target : state.targets) document["targets"].push_back(target_json(target));
    if (!state.previews_unproven.empty()) document["previews_unproven"] = state.previews_unproven;
  }
  return document;
}

std::vector<std::string> runs_lines(const std::vector<journal::RunRecord>& runs) {
  Table table({Align::left, Align::left, Align::left, Align::left, Align::right, Align::right,
               Align::right, Align::left},
              "", "  ");
  table.row({"RUN", "OPERATION", "PLACE", "OUTCOME", "DOCUMENTS", "SIZE", "TIME", "WHO"});
  for (const auto& run : runs) {
    table.row({run.run, run.operation, printable(run.database + "/" + run.target), run.outcome,
               run.collections == 0 ? "" : group_digits(run.documents),
               run.collections == 0 ? "" : to_text(run.bytes),
               run.finished ? to_text(run.elapsed) : "", printable(run.who)});
  }
  return table.lines();
}

nlohmann::ordered_json runs_json(const std::vector<journal::RunRecord>& runs) {
  nlohmann::ordered_json document;
  document["runs"] = nlohmann::ordered_json::array();
  for (const auto& run : runs) {
    nlohmann::ordered_json row{{"run", run.run},
                               {"operation", run.operation},
                               {"database", run.database},
                               {"target", run.target},
                               {"who", run.who},
                               {"from", run.from},
                               {"to", run.to},
                               {"outcome", run.outcome},
                               {"message", run.message},
                               {"documents", run.documents},
                               {"bytes", run.bytes.count},
                               {"collections", run.collections},
                               {"started", to_rfc3339(run.started)},
                               {"finished", nullptr},
                               {"elapsed_seconds", as_seconds(run.elapsed)}};
    if (run.finished) row["finished"] = to_rfc3339(*run.finished);
    document["runs"].push_back(std::move(row));
  }
  return document;
}

}  // namespace tidegate::cli
