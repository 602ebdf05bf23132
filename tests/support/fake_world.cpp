#include "support/fake_world.hpp"

namespace tidegate::test {

Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "expected an error, and there was none";
  return {ErrorKind::internal, "none"};
}

FakeWorld::FakeWorld() {
  server.load("syrftest", "pmProject", {{"1", "one"}, {"2", "two"}}, R"({"indexes":["name_1"]})");
  server.load("syrftest", "pmStudy", {{"7", "seven"}}, R"({"indexes":["ttl"]})");
  server.load("syrftest", "pmPotential", {}, R"({"indexes":["_id_"]})");
}

tidegate::Run& FakeWorld::start() {
  run_ = std::make_unique<WitnessedRun>(clock, limit);
  return run_->run;
}

Metadata FakeWorld::take() {
  return tidegate::snapshot::take(start(), engine, gate, journal, plan);
}

Metadata FakeWorld::fill(std::string_view target) {
  const auto restore = restore_plan(topology, target);
  const auto source = preview::from_database(engine, restore);
  return preview::fill(start(), engine, *source, gate, journal, restore);
}

preview::Dropped FakeWorld::drop(std::string_view target, preview::Leave leave) {
  return preview::drop(start(), engine, gate, journal, drop_plan(topology, target), leave);
}

tidegate::snapshot::AuditResult FakeWorld::audit(std::string_view target) {
  return tidegate::snapshot::audit(start(), engine, gate, journal, drop_plan(topology, target));
}

std::map<std::string, std::map<std::string, std::string>> FakeWorld::data(
    const std::string& database) const {
  std::map<std::string, std::map<std::string, std::string>> found;
  for (const auto& [name, collection] : server.read(database)) found[name] = collection.documents;
  return found;
}

}  // namespace tidegate::test
