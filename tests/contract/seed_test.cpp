/// Seed data from a file, over every engine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/engine_contract.hpp"
#include "support/program.hpp"

namespace tidegate::test {
namespace {

class SeedContract : public EngineContract {
 protected:
  std::string file_of(const Data& data) { return server->seed_file(folder_.path(), data); }
  void seed(const std::string& file) { EngineContract::seed(bystander(), "pr-1", file); }
  void expect_seeded(const Data& data) {
    EXPECT_EQ(read("pr-1"), data);
    const auto found = inspect("pr-1");
    ASSERT_TRUE(found.metadata);
    EXPECT_EQ(found.metadata->method, "seed");
    EXPECT_EQ(found.metadata->status, Status::complete);
    EXPECT_FALSE(found.metadata->snapshot);
    EXPECT_FALSE(found.holder);
    EXPECT_THAT(found.staging, testing::IsEmpty());
  }
  TempDir folder_{"seed"};
};

TEST_P(SeedContract, FillsWhatWasNotThere) {
  seed(file_of(first_data()));
  expect_seeded(first_data());
}

TEST_P(SeedContract, TakesThePlaceOfASnapshotAndMakesWayForIt) {
  take();
  fill("pr-1");
  seed(file_of(second_data()));
  expect_seeded(second_data());
  fill("pr-1");
  EXPECT_EQ(read("pr-1"), first_data());
  EXPECT_TRUE(inspect("pr-1").metadata->snapshot);
  drop(bystander(), "pr-1");
  EXPECT_FALSE(inspect("pr-1").exists);
}

TEST_P(SeedContract, IsTheSameTheSecondTime) {
  const auto file = file_of(second_data());
  seed(file);
  seed(file);
  expect_seeded(second_data());
}

TEST_P(SeedContract, OfAFileThatIsNoneLeavesTheTargetUnfinished) {
  take();
  fill("pr-1");
  EXPECT_THROW(seed((folder_.path() / "missing").string()), Error);
  const auto metadata = inspect("pr-1").metadata;
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->status, Status::publishing);
  EXPECT_EQ(metadata->method, "seed");
  seed(file_of(second_data()));
  expect_seeded(second_data());
}

TEST_P(SeedContract, LeavesALockedTargetAlone) {
  take();
  fill("pr-1");
  server->lock(name_of("pr-1"), "persist-db");
  const auto file = file_of(second_data());
  EXPECT_THROW(seed(file), Error);
  EXPECT_EQ(read("pr-1"), first_data());
}

TEST_P(SeedContract, TouchesNothingElse) {
  take();
  fill("pr-2");
  seed(file_of(second_data()));
  EXPECT_EQ(read("pr-2"), first_data());
  EXPECT_EQ(read("snapshot"), first_data());
  EXPECT_EQ(read("production"), first_data());
}

INSTANTIATE_TEST_SUITE_P(Engines, SeedContract, testing::ValuesIn(engines_under_test()),
                         engine_name);

}  // namespace
}  // namespace tidegate::test
