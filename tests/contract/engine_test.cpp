#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/notes.hpp"
#include "snapshot/copying.hpp"
#include "support/engine_contract.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using engine::Notes;
using testing::IsEmpty;

TEST_P(EngineContract, CarriesProductionThroughTheSnapshotIntoAPreviewAndDropsIt) {
  const auto engine = server->connect();
  take(*engine);
  EXPECT_EQ(read("snapshot"), first_data());
  fill(*engine, "pr-1");
  EXPECT_EQ(read("pr-1"), first_data());
  EXPECT_TRUE(audit(*engine, "snapshot").report.equal());
  EXPECT_TRUE(audit(*engine, "pr-1").report.equal());
  EXPECT_EQ(drop(*engine, "pr-1").outcome, preview::DropOutcome::dropped);
  EXPECT_FALSE(inspect("pr-1").exists);
  EXPECT_EQ(read("production"), first_data());
}

TEST_P(EngineContract, WritesMetadataThatDescribesTheCopy) {
  const auto written = take();
  const auto found = inspect("snapshot").metadata;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->run, written.run);
  EXPECT_EQ(found->source, topology().production.text());
  EXPECT_EQ(found->collections, (std::vector<std::string>{"pmPotential", "pmProject", "pmStudy"}));
  EXPECT_EQ(found->total_documents(), 4);
  EXPECT_EQ(found->status, Status::complete);
  for (const auto& content : found->contents) {
    EXPECT_EQ(content.indexes, found->contents.front().indexes) << content.name;
    EXPECT_FALSE(content.definition.empty()) << content.name;
  }
}

TEST_P(EngineContract, ReplacesWhatWasThereByExactlyWhatWasStaged) {
  take();
  fill("pr-1");
  load_production(second_data());
  take();
  EXPECT_EQ(read("snapshot"), second_data());
  EXPECT_EQ(read("pr-1"), first_data());
  fill("pr-1");
  EXPECT_EQ(read("pr-1"), second_data());
}

TEST_P(EngineContract, ShowsNothingBeforePublishing) {
  take();
  load_production(second_data());
  const auto engine = server->connect();
  WitnessedRun witnessed(server->clock());
  auto& run = witnessed.run;
  const auto place = Gate(topology()).snapshot(name_of("snapshot"));
  const auto lease = engine->lease(run, place, {});
  const auto items = engine->inspect(run, name_of("production")).items;
  const auto staged =
      engine->stage(run, {name_of("production"), items, {}, ConsistencyWish::prefer, 2}, *lease);
  EXPECT_TRUE(engine->verify(run, *staged, *lease).equal());
  EXPECT_EQ(read("snapshot"), first_data());
  EXPECT_FALSE(inspect("snapshot").staging.empty());
}

TEST_P(EngineContract, DiscardsWhatWasStagedAndNotPublished) {
  take();
  {
    const auto engine = server->connect();
    WitnessedRun witnessed(server->clock());
    auto& run = witnessed.run;
    const auto lease = engine->lease(run, Gate(topology()).snapshot(name_of("snapshot")), {});
    const auto items = engine->inspect(run, name_of("production")).items;
    const auto staged =
        engine->stage(run, {name_of("production"), items, {}, ConsistencyWish::prefer, 2}, *lease);
  }
  EXPECT_THAT(inspect("snapshot").staging, IsEmpty());
  EXPECT_EQ(read("snapshot"), first_data());
}

TEST_P(EngineContract, LeavesNoStagingAndNoHolderBehind) {
  take();
  fill("pr-1");
  for (const auto* target : {"snapshot", "pr-1"}) {
    const auto found = inspect(target);
    EXPECT_THAT(found.staging, IsEmpty()) << target;
    EXPECT_FALSE(found.holder && !found.holder->expired) << target;
  }
}

TEST_P(EngineContract, GivesAPlaceToOneWriterAtATime) {
  const auto engine = server->connect();
  const auto other = server->connect();
  WitnessedRun first(server->clock());
  WitnessedRun second(server->clock());
  const auto place = Gate(topology()).snapshot(name_of("snapshot"));
  {
    const auto lease = engine->lease(first.run, place, {});
    const auto error = error_of([&] { other->lease(second.run, place, {}); });
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
    EXPECT_THAT(error.message(), testing::HasSubstr(first.run.id()));
    EXPECT_EQ(inspect("snapshot").holder->run, first.run.id());
  }
  EXPECT_NO_THROW(other->lease(second.run, place, {}));
}

TEST_P(EngineContract, KeepsPlacesApart) {
  take();
  WitnessedRun witnessed(server->clock());
  const auto engine = server->connect();
  const auto held =
      engine->lease(witnessed.run, Gate(topology()).snapshot(name_of("snapshot")), {});
  fill("pr-1");
  EXPECT_EQ(read("pr-1"), first_data());
}

TEST_P(EngineContract, FillsManyTargetsAtTheSameMoment) {
  take();
  std::vector<std::thread> threads;
  for (int number = 1; number <= 4; ++number) {
    threads.emplace_back([this, number] {
      WitnessedRun witnessed(server->clock());
      MemoryJournal own;
      const auto engine = server->connect();
      const auto restore = restore_plan(topology(), "pr-" + std::to_string(number));
      const auto source = preview::from_database(*engine, restore);
      preview::fill(witnessed.run, *engine, *source, Gate(topology()), own, restore);
    });
  }
  for (auto& thread : threads) thread.join();
  for (int number = 1; number <= 4; ++number) {
    EXPECT_EQ(read("pr-" + std::to_string(number)), first_data()) << number;
  }
}

TEST_P(EngineContract, DropsWhatIsNotThere) {
  const auto engine = server->connect();
  EXPECT_EQ(drop(*engine, "pr-1").outcome, preview::DropOutcome::already_gone);
  EXPECT_FALSE(inspect("pr-1").exists);
}

TEST_P(EngineContract, EmptiesATargetThatIsToBeSeeded) {
  take();
  fill("pr-1");
  const auto engine = server->connect();
  EXPECT_EQ(drop(*engine, "pr-1", preview::Leave::seed).outcome, preview::DropOutcome::seeded);
  EXPECT_THAT(read("pr-1"), IsEmpty());
  EXPECT_EQ(inspect("pr-1").metadata->method, "seed");
}

TEST_P(EngineContract, CarriesOddNames) {
  const Data odd{{"a.b.c", {{"1", "dots"}}},
                 {"with space", {{"1", "space"}}},
                 {"Grüße-数据", {{"1", "letters"}}},
                 {"per%cent'quote\"", {{"1", "quotes"}}}};
  load_production(odd);
  take();
  fill("pr-1");
  EXPECT_EQ(read("pr-1"), odd);
}

TEST_P(EngineContract, ListsPreviewsByNumberAndNothingElse) {
  take();
  for (const auto* target : {"pr-30", "pr-4", "staging"}) fill(target);
  WitnessedRun witnessed(server->clock());
  const auto found = server->connect()->list(witnessed.run, topology().previews.value());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].number.value(), 4);
  EXPECT_EQ(found[1].number.value(), 30);
  EXPECT_EQ(found[1].metadata->target, "pr-30");
}

TEST_P(EngineContract, ListsOneWhoseMetadataCannotBeReadAmongTheOthers) {
  take();
  for (const auto* target : {"pr-4", "pr-30"}) fill(target);
  server->spoil(name_of("pr-4"));
  WitnessedRun witnessed(server->clock());
  const auto found = server->connect()->list(witnessed.run, topology().previews.value());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[0].metadata);
  EXPECT_THAT(found[0].unreadable, testing::HasSubstr("'method'"));
  EXPECT_EQ(found[1].metadata->target, "pr-30");
  EXPECT_EQ(found[1].unreadable, "");
}

TEST_P(EngineContract, FillsTakesAndDropsWhatSaysOfItselfWhatCannotBeRead) {
  take();
  fill("pr-1");
  server->spoil(name_of("pr-1"));
  EXPECT_FALSE(inspect("pr-1").metadata);
  EXPECT_THAT(inspect("pr-1").unreadable, testing::HasSubstr("'method'"));
  fill("pr-1");
  EXPECT_TRUE(inspect("pr-1").metadata);
  server->spoil(name_of("pr-1"));
  const auto engine = server->connect();
  drop(*engine, "pr-1");
  EXPECT_FALSE(inspect("pr-1").exists);
  server->spoil(topology().snapshot.value());
  EXPECT_EQ(error_of([&] { fill("pr-1"); }).kind(), ErrorKind::remote);
  take();
  fill("pr-1");
  EXPECT_EQ(read("pr-1"), first_data());
}

TEST_P(EngineContract, ObeysTheLockOfWhatSaysNothingElseThatCanBeRead) {
  take();
  fill("pr-1");
  server->lock(name_of("pr-1"), "persist-db");
  server->spoil(name_of("pr-1"));
  EXPECT_EQ(error_of([&] { fill("pr-1"); }).kind(), ErrorKind::locked);
  const auto engine = server->connect();
  EXPECT_EQ(error_of([&] { drop(*engine, "pr-1"); }).kind(), ErrorKind::locked);
}

TEST_P(EngineContract, ObeysTheLockInTheTargetsOwnMetadata) {
  take();
  fill("pr-1");
  server->lock(name_of("pr-1"), "persist-db");
  load_production(second_data());
  take();
  EXPECT_EQ(error_of([&] { fill("pr-1"); }).kind(), ErrorKind::locked);
  const auto engine = server->connect();
  EXPECT_EQ(error_of([&] { drop(*engine, "pr-1"); }).kind(), ErrorKind::locked);
  EXPECT_EQ(read("pr-1"), first_data());
}

/// Locked by this label from now on, or not any more.
engine::Change lock_by(const std::string& label) {
  return [label](const std::optional<Metadata>& now) -> std::optional<Metadata> {
    auto metadata = now.value_or(Metadata{});
    metadata.locked.reset();
    if (!label.empty()) metadata.locked = LockRecord{label, SystemTime{}};
    return metadata;
  };
}

TEST_P(EngineContract, NotesNothingWhereWhatIsSaidCannotBeRead) {
  take();
  fill("pr-1");
  server->spoil(name_of("pr-1"));
  const auto engine = server->connect();
  WitnessedRun witnessed(server->clock());
  const auto place = mark(Gate(topology()), parse_target("pr-1").value());
  EXPECT_EQ(error_of([&] {
              Notes::annotate(witnessed.run, *engine, place, lock_by("persist-db"), {});
            }).kind(),
            ErrorKind::remote);
  EXPECT_NE(inspect("pr-1").unreadable, "");
}

TEST_P(EngineContract, NotesALockInATargetAndTakesItOffWithoutTouchingItsContent) {
  take();
  const auto filled = fill("pr-1");
  const auto engine = server->connect();
  WitnessedRun witnessed(server->clock());
  const auto place = mark(Gate(topology()), parse_target("pr-1").value());
  const auto told = Notes::annotate(witnessed.run, *engine, place, lock_by("persist-db"), {});
  ASSERT_TRUE(told && told->locked);
  const auto locked = inspect("pr-1");
  EXPECT_EQ(locked.metadata->locked->label, "persist-db");
  EXPECT_EQ(locked.metadata->run, filled.run);
  EXPECT_FALSE(locked.holder);
  EXPECT_EQ(error_of([&] { drop(*engine, "pr-1"); }).kind(), ErrorKind::locked);
  // Noted again, though it is locked.
  Notes::annotate(witnessed.run, *engine, place, lock_by("keep"), {});
  EXPECT_EQ(inspect("pr-1").metadata->locked->label, "keep");
  Notes::annotate(witnessed.run, *engine, place, lock_by(""), {});
  EXPECT_FALSE(inspect("pr-1").metadata->locked);
  EXPECT_TRUE(audit(*engine, "pr-1").report.equal());
  EXPECT_EQ(read("pr-1"), first_data());
}

TEST_P(EngineContract, MarksADatabaseThatSaysNothingOfItselfAndLeavesOneThatIsNotThere) {
  server->load(name_of("pr-1"), second_data());
  const auto engine = server->connect();
  WitnessedRun witnessed(server->clock());
  const auto seeded = [&](const std::optional<Metadata>& now) -> std::optional<Metadata> {
    if (now) return std::nullopt;
    auto metadata = tidegate::snapshot::describe(witnessed.run, std::vector<Content>());
    metadata.method = "seed";
    return metadata;
  };
  const Gate gate(topology());
  Notes::annotate(witnessed.run, *engine, mark(gate, parse_target("pr-1").value()), seeded, {});
  EXPECT_EQ(inspect("pr-1").metadata->method, "seed");
  EXPECT_EQ(read("pr-1"), second_data());
  const auto none = Notes::annotate(
      witnessed.run, *engine, mark(gate, parse_target("pr-2").value()), lock_by("persist-db"), {});
  EXPECT_FALSE(none);
  EXPECT_FALSE(inspect("pr-2").exists);
}

TEST_P(EngineContract, NotesNothingWhileAnotherRunHoldsThePlace) {
  take();
  fill("pr-1");
  const auto filler = server->connect(), noter = server->connect();
  WitnessedRun filling(server->clock()), noting(server->clock());
  const Gate gate(topology());
  const auto target = parse_target("pr-1").value();
  const auto lease = filler->lease(filling.run, gate.permit(target, {}), {});
  const auto error = error_of(
      [&] { Notes::annotate(noting.run, *noter, mark(gate, target), lock_by("persist-db"), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_FALSE(inspect("pr-1").metadata->locked);
  // Metadata that is right already takes no lease.
  const auto leave = [](const std::optional<Metadata>&) { return std::optional<Metadata>(); };
  EXPECT_TRUE(Notes::annotate(noting.run, *noter, mark(gate, target), leave, {}));
}

TEST_P(EngineContract, SaysThatADatabaseDoesNotExist) {
  const auto found = inspect("pr-77");
  EXPECT_FALSE(found.exists);
  EXPECT_FALSE(found.metadata);
  EXPECT_THAT(found.items, IsEmpty());
}

TEST_P(EngineContract, LeavesInPlaceWhatIsAlreadyEqual) {
  take();
  fill("pr-1");
  fill("pr-1");
  if (server->leaves_equal_in_place()) {
    EXPECT_THAT(said, testing::HasSubstr("left in place unchanged"));
  }
  EXPECT_EQ(read("pr-1"), first_data());
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineContract, testing::ValuesIn(engines_under_test()),
                         engine_name);

}  // namespace
}  // namespace tidegate::test
