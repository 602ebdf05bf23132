#include "engine/mongodb/publish/publish_plan.hpp"

#include <fmt/format.h>

namespace tidegate::engine::mongodb {
namespace {

constexpr std::string_view k_prefix = "_tidegate.";
constexpr std::string_view k_aside = "_tidegate.gone.";

template <class Item, class Convert>
Bson array_of(const std::vector<Item>& items, Convert convert) {
  std::vector<Bson> documents;
  for (const auto& item : items) documents.push_back(convert(item));
  return Bson::array(documents);
}

}  // namespace

Bson PublishPlan::bson() const {
  Bson plan = doc("run", std::string_view(run), "purpose",
                  purpose == Purpose::drop ? "drop" : "publish", "hadLatest", had_latest,
                  "previousRun", std::string_view(previous_run), "metadata", latest);
  plan.add_array("renames", array_of(moves, [](const Move& move) {
                   return doc("name", std::string_view(move.name), "staging",
                              std::string_view(move.staging), "uuid", std::string_view(move.uuid),
                              "replaced", std::string_view(move.replaced));
                 }));
  plan.add_array("removals", array_of(removals, [](const Removal& removal) {
                   return doc("name", std::string_view(removal.name), "aside",
                              std::string_view(removal.aside), "uuid",
                              std::string_view(removal.uuid));
                 }));
  plan.add_array("views", array_of(views, [](const DesiredView& view) {
                   return doc("name", std::string_view(view.name), "definition",
                              std::string_view(view.definition));
                 }));
  plan.add_array("viewsRemoved", Bson::strings(views_removed));
  return plan;
}

PublishPlan PublishPlan::read(const Bson& document) {
  PublishPlan plan;
  plan.run = document.text("run");
  plan.purpose = document.text("purpose") == "drop" ? Purpose::drop : Purpose::publish;
  plan.had_latest = document.truth("hadLatest");
  plan.previous_run = document.text("previousRun");
  plan.latest = document.document("metadata");
  for (const auto& each : document.documents("renames")) {
    plan.moves.push_back(
        {each.text("name"), each.text("staging"), each.text("uuid"), each.text("replaced")});
  }
  for (const auto& each : document.documents("removals")) {
    plan.removals.push_back({each.text("name"), each.text("aside"), each.text("uuid")});
  }
  for (const auto& each : document.documents("views")) {
    plan.views.push_back({each.text("name"), each.text("definition")});
  }
  plan.views_removed = document.texts("viewsRemoved");
  return plan;
}

std::string staging_name(const std::string& run, int number) {
  return fmt::format("{}{}.{}", k_prefix, run, number);
}

std::string aside_name(const std::string& run, int number) {
  return fmt::format("{}{}.{}", k_aside, run, number);
}

bool is_staging(std::string_view name) {
  const auto number = name.substr(name.rfind('.') + 1);
  return !run_in(name).empty() && !number.empty() &&
         number.find_first_not_of("0123456789") == std::string_view::npos;
}
bool is_aside(std::string_view name) { return name.starts_with(k_aside); }

std::string run_in(std::string_view name) {
  const auto prefix = is_aside(name) ? k_aside : k_prefix;
  if (!name.starts_with(prefix)) return {};
  name.remove_prefix(prefix.size());
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string{} : std::string(name.substr(0, dot));
}

bool is_contents(std::string_view name, std::string_view metadata_collection) {
  return name != metadata_collection && !name.starts_with("system.") && !is_staging(name) &&
         !name.starts_with("tmp.agg_out.");
}

}  // namespace tidegate::engine::mongodb
