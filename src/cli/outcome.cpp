#include "cli/outcome.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/duration.hpp"
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

double as_seconds(std::chrono::milliseconds duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

}  // namespace tidegate::cli
