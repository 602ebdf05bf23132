#include "engine/mongodb/copy/empty_timestamps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ClusterTime k_empty{};

TEST(EmptyTimestamps, AreThoseOfTheDocumentsOwnFields) {
  const auto document =
      doc("_id", k_empty, "a", k_empty, "b", ClusterTime{0, 1}, "c", 0, "d", doc("e", k_empty))
          .add_array("f", Bson().add("0", k_empty))
          .add("", k_empty)
          .add("g.h", k_empty);
  EXPECT_THAT(empty_timestamps(*document.raw()), ElementsAre("a", "", "g.h"));
  EXPECT_THAT(empty_timestamps(*doc("_id", 1).raw()), IsEmpty());
}

TEST(EmptyTimestamps, AreSetByOperatorsWhichTheServerLeavesAlone) {
  const auto document = doc("_id", "x", "a", k_empty, "b", k_empty);
  const auto update = update_of(*document.raw(), {"a", "b"});
  EXPECT_EQ(update.document("u"), doc("$set", doc("a", k_empty, "b", k_empty)));
  EXPECT_EQ(update.document("q").text("_id.$eq"), "x");
  EXPECT_EQ(update.document("q").text("a.$type"), "timestamp");
}

TEST(EmptyTimestamps, OfFieldsThatAreNoPathsAreSetByStages) {
  for (const auto* name : {"a.b", "$a", ""}) {
    const auto document = doc("_id", 1, name, k_empty);
    const auto update = update_of(*document.raw(), {name});
    ASSERT_EQ(update.documents("u").size(), 1U) << name;
    const auto stage = update.documents("u").front().document("$replaceWith.$setField");
    EXPECT_EQ(stage.document("field").text("$literal"), name);
    EXPECT_EQ(update.document("q").keys().size(), 1U);
  }
}

}  // namespace
}  // namespace tidegate::engine::mongodb
