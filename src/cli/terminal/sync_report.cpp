#include "cli/terminal/sync_report.hpp"

#include <fmt/format.h>

#include "cli/terminal/text.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::cli {

std::string synced_line(const preview::SyncResult& synced, Mode mode) {
  return printable(app::synced_line(synced, mode));
}

nlohmann::ordered_json synced_json(const std::string& database, const preview::SyncResult& synced) {
  const auto& decision = synced.decision;
  auto notices = nlohmann::ordered_json::array();
  for (const auto notice : decision.notices) notices.push_back(to_text(notice));
  nlohmann::ordered_json json{
      {"number", synced.number.value()},
      {"name", database},
      {"database", synced.database},
      {"action", to_text(decision.action)},
      {"labels", {{"add", decision.labels.add}, {"remove", decision.labels.remove}}},
      {"notices", notices},
      {"locked", decision.locked},
      {"reason", decision.reason},
      {"done", synced.says},
      {"comment", synced.comment}};
  json["metadata"] = nullptr;
  if (synced.metadata) json["metadata"] = to_json(*synced.metadata, Definitions::leave_out);
  return json;
}

std::string failure_line(const app::DatabaseFailure& failure) {
  auto line = fmt::format("{}: failed: {}", failure.name, failure.error.message());
  if (!failure.error.hint().empty()) line += "\n  hint: " + failure.error.hint();
  return line;
}

nlohmann::ordered_json database_failure_json(const app::DatabaseFailure& failure) {
  return {{"name", failure.name}, {"error", failure_json(failure.error)}};
}

nlohmann::ordered_json failure_json(const Error& error) {
  return {{"kind", describe(error.kind()).name},
          {"message", error.message()},
          {"hint", error.hint()},
          {"exit_code", error.exit_code()}};
}

}  // namespace tidegate::cli
