#include "support/archive_world.hpp"

#include "support/fake_archive.hpp"

namespace tidegate::test {
namespace {

Topology without_snapshot(Topology topology) {
  topology.snapshot.reset();
  return topology;
}

}  // namespace

ArchiveWorld::ArchiveWorld()
    : archive_gate(without_snapshot(topology)), restore(restore_plan(topology, "pr-1")) {
  plan.topology = archive_gate.topology();
  plan.archives = ArchivePlan{place().string()};
  restore.topology = archive_gate.topology();
  restore.archives = plan.archives;
}

std::unique_ptr<archive::Store> ArchiveWorld::store(
    const std::function<void(std::string_view)>& before) {
  return archive::directory_store(place(), before);
}

tidegate::snapshot::ArchiveTaken ArchiveWorld::take_archive() {
  return tidegate::snapshot::take_archive(start(), engine, *store(), journal, plan);
}

Metadata ArchiveWorld::fill_from_archive(std::string_view target, const std::string& from) {
  restore.target = parse_target(target).value();
  restore.from = from;
  const auto opened = store();
  const auto source = preview::from_archive(*opened, restore);
  return preview::fill(start(), engine, *source, archive_gate, journal, restore);
}

tidegate::snapshot::RestoreTestResult ArchiveWorld::drill(const std::string& name) {
  return tidegate::snapshot::drill(start(), engine, *store(), archive_gate, journal, plan, name);
}

tidegate::snapshot::ProofResult ArchiveWorld::prove(const std::string& name) {
  return tidegate::snapshot::prove(start(), engine, *store(), journal, plan, name);
}

archive::Listing ArchiveWorld::list() {
  WitnessedRun looking(clock);
  return store()->list(looking.run, plan.name);
}

std::vector<std::string> ArchiveWorld::archives() {
  std::vector<std::string> names;
  for (const auto& entry : list().archives) names.push_back(entry.name);
  return names;
}

void ArchiveWorld::expect_sound() {
  WitnessedRun looking(clock);
  const auto listing = list();
  EXPECT_TRUE(listing.damaged.empty());
  EXPECT_TRUE(listing.strangers.empty());
  for (const auto& entry : listing.archives) {
    store()->prove(looking.run, entry);
    EXPECT_EQ(read_fake_archive(path(entry.name)).size(), entry.metadata.contents.size());
  }
}

}  // namespace tidegate::test
