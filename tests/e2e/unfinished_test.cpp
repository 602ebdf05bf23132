// A publish that was interrupted after its commit point never blocks the target for good: views
// may change in any way, and a plan that no server carries out is replaced.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/program_flow.hpp"
#include "support/relay.hpp"

namespace tidegate::test {
namespace {

using namespace std::string_literals;
using Strings = std::vector<std::string>;
constexpr int k_no_such_option = 167;
// A view's own creation, and not the plan that holds its definition.
const std::string k_creation = "\x02"s + "create\0"s;

class Unfinished : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "unfinished");
    make_small_production(flow_->admin(), flow_->production());
  }

  void view(const std::string& name, const std::string& on, const Json& more = Json::object()) {
    Json command = {{"create", name}, {"viewOn", on}, {"pipeline", Json::array()}};
    command.update(more);
    flow_->admin().command(flow_->production(), command);
  }
  void drop(const Strings& names) {
    for (const auto& name : names) flow_->admin().drop_collection(flow_->production(), name);
  }

  void expect_equal(const std::string& database) {
    EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(database)),
              Strings());
    EXPECT_EQ(leftovers(flow_->admin(), database), Strings());
  }

  /// The user's way to the server, on which the creation of this view is refused for good.
  std::string without_creation_of(const std::string& uri, const std::string& view) {
    relay_ = std::make_unique<Relay>(port_of(uri).value());
    const auto length = static_cast<char>(view.size() + 1);
    relay_->refuse(k_creation + length + "\0\0\0"s + view, k_no_such_option, 1000);
    return by_way_of(*relay_, uri);
  }

  /// Leaves a preview in the middle of a publish.
  Environment stuck_preview() {
    view("stubborn", "pmStudy");
    flow_->expect(0, {"snapshot"});
    const auto uri = flow_->preview_uri(1);
    const Environment way = {{"PREVIEW_URI", without_creation_of(uri, "stubborn")}};
    const auto outcome = flow_->expect(13, {"restore", "pr-1"}, way);
    EXPECT_TRUE(flow_->lease(flow_->preview(1)).contains("plan")) << outcome;
    return way;
  }

  std::unique_ptr<Flow> flow_;
  std::unique_ptr<Relay> relay_;
};

TEST_F(Unfinished, ViewsThatStandTheOtherWayRoundNowArePublished) {
  view("low", "pmStudy");
  view("high", "low");
  flow_->expect(0, {"snapshot"});
  drop({"high", "low"});
  view("high", "pmStudy");
  view("low", "high");
  flow_->expect(0, {"snapshot"});
  expect_equal(flow_->snapshot());
}

TEST_F(Unfinished, ViewsOfAnotherCollationThanBeforeArePublished) {
  view("low", "pmStudy");
  view("high", "low");
  flow_->expect(0, {"snapshot"});
  drop({"high", "low"});
  const Json french = {{"collation", {{"locale", "fr"}}}};
  view("low", "pmStudy", french);
  view("high", "low", french);
  flow_->expect(0, {"snapshot"});
  expect_equal(flow_->snapshot());
}

TEST_F(Unfinished, APublishThatNoServerCarriesOutIsReplacedByTheNext) {
  const auto way = stuck_preview();
  drop({"stubborn"});
  touch_production(flow_->admin(), flow_->production(), 1);
  flow_->expect(0, {"snapshot"});
  const auto outcome = flow_->expect(0, {"restore", "pr-1"}, way);
  EXPECT_NE(outcome.all().find("cannot be finished"), std::string::npos) << outcome;
  EXPECT_FALSE(flow_->lease(flow_->preview(1)).contains("plan"));
  expect_equal(flow_->preview(1));
}

TEST_F(Unfinished, APublishThatNoServerCarriesOutIsDropped) {
  const auto way = stuck_preview();
  flow_->expect(0, {"drop", "pr-1", "--yes"}, way);
  const auto databases = flow_->admin().databases();
  EXPECT_EQ(std::count(databases.begin(), databases.end(), flow_->preview(1)), 0);
}

}  // namespace
}  // namespace tidegate::test
