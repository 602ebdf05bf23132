#include "support/engine_contract.hpp"

#include <algorithm>
#include <cstdlib>

namespace tidegate::test {

bool is_required(const std::string& engine) {
  const auto* list = std::getenv("TIDEGATE_TEST_REQUIRE");
  if (list == nullptr) return false;
  std::string wanted = engine;
  std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                 [](char c) { return static_cast<char>(std::tolower(c)); });
  return ("," + std::string(list) + ",").find("," + wanted + ",") != std::string::npos;
}

void EngineContract::SetUp() {
  std::string why_not;
  server = GetParam().make(why_not);
  if (!server) {
    if (is_required(GetParam().name)) FAIL() << GetParam().name << " is required: " << why_not;
    GTEST_SKIP() << why_not;
  }
  topology_ = server->topology();
  load_production(first_data());
}

const Data& EngineContract::first_data() {
  static const Data data{{"pmProject", {{"1", "one"}, {"2", "two"}, {"3", "three"}}},
                         {"pmStudy", {{"7", "seven"}}},
                         {"pmPotential", {}}};
  return data;
}

const Data& EngineContract::second_data() {
  static const Data data{{"pmProject", {{"1", "one"}, {"4", "four"}}},
                         {"pmInvestigator", {{"a", "ann"}, {"b", "bob"}}},
                         {"pmPotential", {{"9", "nine"}}}};
  return data;
}

DatabaseName EngineContract::name_of(const std::string& target) const {
  if (target == "production") return topology().production;
  if (target == "snapshot") return topology().snapshot.value();
  return Gate(topology()).database_of(parse_target(target).value());
}

Data EngineContract::read(const std::string& target) { return server->read(name_of(target)); }

engine::Inventory EngineContract::inspect(const std::string& target) {
  WitnessedRun witnessed(server->clock());
  return bystander().inspect(witnessed.run, name_of(target));
}

engine::Engine& EngineContract::bystander() {
  if (!bystander_) bystander_ = server->connect();
  return *bystander_;
}

void EngineContract::forget_server() {
  bystander_.reset();
  server.reset();
}

Metadata EngineContract::take(engine::Engine& engine) {
  WitnessedRun witnessed(server->clock());
  const auto metadata = tidegate::snapshot::take(witnessed.run, engine, Gate(topology()), journal,
                                                 snapshot_plan(topology()));
  said = witnessed.progress.text();
  return metadata;
}

Metadata EngineContract::fill(engine::Engine& engine, std::string_view target) {
  WitnessedRun witnessed(server->clock());
  const auto restore = restore_plan(topology(), target);
  const auto source = preview::from_database(engine, restore);
  const auto metadata =
      preview::fill(witnessed.run, engine, *source, Gate(topology()), journal, restore);
  said = witnessed.progress.text();
  return metadata;
}

preview::Dropped EngineContract::drop(engine::Engine& engine, std::string_view target,
                                      preview::Leave leave) {
  WitnessedRun witnessed(server->clock());
  return preview::drop(witnessed.run, engine, Gate(topology()), journal,
                       drop_plan(topology(), target), leave);
}

preview::Dropped EngineContract::seed(engine::Engine& engine, std::string_view target,
                                      const std::string& file) {
  WitnessedRun witnessed(server->clock());
  auto plan = drop_plan(topology(), target);
  plan.seed.file = file;
  return preview::drop(witnessed.run, engine, Gate(topology()), journal, plan,
                       preview::Leave::seed);
}

tidegate::snapshot::AuditResult EngineContract::audit(engine::Engine& engine,
                                                      std::string_view target) {
  WitnessedRun witnessed(server->clock());
  return tidegate::snapshot::audit(witnessed.run, engine, Gate(topology()), journal,
                                   drop_plan(topology(), target));
}

std::string engine_name(const testing::TestParamInfo<EngineChoice>& info) {
  return info.param.name;
}

}  // namespace tidegate::test
