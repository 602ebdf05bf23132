#include <fmt/format.h>

#include <algorithm>

#include "engine/mongodb/copy/inspect.hpp"
#include "engine/mongodb/publish/metadata_codec.hpp"

namespace tidegate::engine::mongodb {

std::optional<PublishPlan> Records::plan() const {
  if (!lease || lease->text("phase") != "publishing" || !lease->has("plan.metadata")) {
    return std::nullopt;
  }
  auto plan = PublishPlan::read(lease->document("plan"));
  if (plan.purpose == PublishPlan::Purpose::drop || plan.latest.empty()) return std::nullopt;
  return plan;
}

std::optional<Metadata> Records::published() const {
  if (const auto planned = plan()) return metadata_told(planned->latest, database);
  if (!latest) return std::nullopt;
  return metadata_told(*latest, database);
}

std::optional<engine::Holder> Records::holder(SystemTime now) const {
  if (!lease || lease->text("run").empty()) return std::nullopt;
  engine::Holder result;
  result.run = lease->text("run");
  result.host = lease->text("host");
  result.process = lease->number("process");
  result.started = lease->time("started").value_or(SystemTime{});
  const auto age = now - lease->time("renewed").value_or(result.started);
  result.renewed_ago = std::max(age, std::chrono::milliseconds{0});
  result.expired = lease->time("expires").value_or(SystemTime{}) <= now;
  result.phase = lease->text("phase");
  return result;
}

Records records(Run& run, Server& server, const DatabaseName& database,
                const std::string& metadata_collection) {
  const auto ids = Bson::strings({k_latest_id, k_lease_id});
  const auto command =
      doc("find", std::string_view(metadata_collection), "filter",
          doc("_id", Bson().add_array("$in", ids)), "readConcern", doc("level", "majority"));
  Records result;
  result.database = database.text();
  for (auto& each : server.all(run, database.text(), command)) {
    if (each.text("_id") == k_lease_id) {
      result.lease = std::move(each);
    } else {
      result.latest = std::move(each);
    }
  }
  return result;
}

std::optional<Metadata> published_metadata(Run& run, Server& server, const DatabaseName& database,
                                           const std::string& metadata_collection) {
  return with_lock(records(run, server, database, metadata_collection).published());
}

std::optional<engine::Holder> holder(Run& run, Server& server, const DatabaseName& database,
                                     const std::string& metadata_collection) {
  const auto found = records(run, server, database, metadata_collection);
  if (!found.lease) return std::nullopt;
  return found.holder(server.now(run));
}

}  // namespace tidegate::engine::mongodb
