#include <gtest/gtest.h>

#include "engine/mongodb/copy/read_timestamp.hpp"

namespace tidegate::engine::mongodb {
namespace {

TEST(ReadTimestamp, ThatTheServerHasNotToldIsRefusedWhereItIsRequired) {
  const ReadTimestamp untold;
  EXPECT_NO_THROW(refuse_cut_untold(untold, ConsistencyWish::prefer));
  try {
    refuse_cut_untold(untold, ConsistencyWish::require);
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
  }
}

TEST(ReadTimestamp, ThatWasToldIsTaken) {
  ReadTimestamp cut;
  cut.at.time = ClusterTime{};
  EXPECT_NO_THROW(refuse_cut_untold(cut, ConsistencyWish::require));
}

}  // namespace
}  // namespace tidegate::engine::mongodb
