// Production is alive: collections are dropped, renamed and replaced while they are copied.

#include <gtest/gtest.h>

#include <functional>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

struct Change {
  const char* name;
  std::function<void(TestClient&, const std::string&)> carry_out;
  /// A mixture of the old and the new production, as it is for a moment during the change.
  std::function<DatabaseImage(DatabaseImage before, const DatabaseImage& after)> half_way =
      [](DatabaseImage before, const DatabaseImage&) { return before; };
};

std::ostream& operator<<(std::ostream& out, const Change& change) { return out << change.name; }

void rename(TestClient& client, const std::string& database, const std::string& from,
            const std::string& to) {
  client.code_of("admin", {{"renameCollection", database + "." + from},
                           {"to", database + "." + to},
                           {"dropTarget", true}});
}

class MovingSource : public ::testing::TestWithParam<Change> {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "moving");
  }
  std::unique_ptr<Flow> flow_;
};

TEST_P(MovingSource, NeverGivesASilentlyEmptyOrHalfSnapshot) {
  auto& flow = *flow_;
  for (int tenth = 2; tenth <= 8 && !HasFailure(); tenth += 2) {
    SCOPED_TRACE("at " + std::to_string(tenth) + " tenths");
    bench::generate(flow.server().uri(), flow.production(), {.bytes = 4'000'000, .seed = 3});
    const auto duration = flow.expect(0, {"snapshot", "--wait", "100s"}).elapsed;
    const auto previous = flow.image_of(flow.snapshot());
    const auto before = flow.image_of(flow.production());
    auto process = flow.start({"snapshot", "--retries", "3"});
    pause(duration * tenth / 10);
    GetParam().carry_out(flow.admin(), flow.production());
    const auto outcome = process->wait();
    const auto after = flow.image_of(flow.production());
    const auto found = flow.image_of(flow.snapshot());
    if (outcome.exit_code != 0) {
      EXPECT_EQ(differences(previous, found), Strings()) << outcome;
      EXPECT_NE(outcome.exit_code, 1) << outcome;
      continue;
    }
    // The whole copy is of one moment.
    const auto from_before = differences(before, found);
    const auto from_after = differences(after, found);
    const auto from_half_way = differences(GetParam().half_way(before, after), found);
    EXPECT_TRUE(from_before.empty() || from_after.empty() || from_half_way.empty())
        << ::testing::PrintToString(from_before) << '\n'
        << ::testing::PrintToString(from_after) << '\n'
        << outcome;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, MovingSource,
    ::testing::Values(
        Change{"Dropped",
               [](TestClient& c, const std::string& d) { c.drop_collection(d, "pmStudy"); }},
        Change{"SmallOneDropped",
               [](TestClient& c, const std::string& d) { c.drop_collection(d, "pmInvestigator"); }},
        Change{"Renamed",
               [](TestClient& c, const std::string& d) { rename(c, d, "pmStudy", "pmStudyOld"); }},
        Change{"Replaced",
               [](TestClient& c, const std::string& d) {
                 c.insert(d, "fresh", {{{"_id", 1}}, {{"_id", 2}}});
                 rename(c, d, "fresh", "pmStudy");
               },
               [](DatabaseImage before, const DatabaseImage& after) {
                 before.collections["fresh"] = after.collections.at("pmStudy");
                 return before;
               }},
        Change{"Recreated",
               [](TestClient& c, const std::string& d) {
                 c.drop_collection(d, "pmPotential");
                 c.insert(d, "pmPotential", {{{"_id", 1}}});
               },
               [](DatabaseImage before, const DatabaseImage&) {
                 before.collections.erase("pmPotential");
                 return before;
               }}),
    [](const ::testing::TestParamInfo<Change>& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tidegate::test
