#include "cli/terminal/outcome.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/duration.hpp"
#include "base/utc.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::cli {

std::string outcome_line(std::string_view what, const Metadata& metadata,
                         std::chrono::milliseconds elapsed) {
  auto line = fmt::format("{} {}   {}   {}   {}", what, metadata.run,
                          counted(metadata.total_documents(), "document"),
                          to_text(metadata.total_bytes()), to_text(elapsed));
  if (metadata.method != "seed") line += fmt::format("   {}", to_text(metadata.consistency));
  return line;
}

nlohmann::ordered_json outcome_json(const Metadata& metadata, std::chrono::milliseconds elapsed,
                                    Mode mode) {
  auto document = to_json(metadata);
  document["elapsed_seconds"] = as_seconds(elapsed);
  if (mode == Mode::dry_run) document["dry_run"] = true;
  return document;
}

std::string archive_line(const archive::Entry& entry, std::chrono::milliseconds elapsed) {
  return fmt::format("snapshot {}   {}   {}   {}", entry.metadata.run, entry.name,
                     to_text(entry.size), to_text(elapsed));
}

nlohmann::ordered_json archive_json(const snapshot::ArchiveTaken& taken,
                                    std::chrono::milliseconds elapsed) {
  auto document = outcome_json(taken.entry.metadata, elapsed, Mode::real);
  document["archive"] = {{"name", taken.entry.name},
                         {"bytes", taken.entry.size.count},
                         {"sha256", taken.entry.sha256},
                         {"format", taken.entry.format}};
  document["retention"] = sentences_json(taken.retained);
  if (!taken.retention_trouble.empty()) document["retention_trouble"] = taken.retention_trouble;
  return document;
}

std::vector<std::string> sentence_lines(const std::vector<snapshot::RetentionDecision>& sentences) {
  Table table({Align::left, Align::left, Align::right, Align::left, Align::left}, "");
  table.row({"ARCHIVE", "TAKEN", "SIZE", "", "WHY"});
  for (const auto& [entry, verdict] : sentences) {
    table.row({printable(entry.name), to_second(entry.taken), to_text(entry.size),
               verdict.stays ? "stays" : "goes", verdict.why});
  }
  return table.lines();
}

nlohmann::ordered_json sentences_json(const std::vector<snapshot::RetentionDecision>& sentences) {
  auto rows = nlohmann::ordered_json::array();
  for (const auto& [entry, verdict] : sentences) {
    rows.push_back({{"name", entry.name},
                    {"taken", to_rfc3339(entry.taken)},
                    {"bytes", entry.size.count},
                    {"stays", verdict.stays},
                    {"why", verdict.why}});
  }
  return rows;
}

double as_seconds(std::chrono::milliseconds duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

}  // namespace tidegate::cli
