// Documents that a copy within the server would change or refuse arrive as they are. The stand-in
// neither writes its time over empty timestamps nor refuses `_id: null`; the relay does.

#include <gtest/gtest.h>

#include "support/relayed_flow.hpp"

namespace tidegate::test {
namespace {

using Strings = std::vector<std::string>;

/// In the request that copies the collection, and in that which sums it up afterwards.
std::string copy_of_clock() { return std::string("aggregate\0\x06\0\0\0clock\0", 20); }

Json timestamp(int seconds) { return {{"$timestamp", {{"t", seconds}, {"i", 0}}}}; }

class Documents : public RelayedFlow {
 protected:
  Documents() : RelayedFlow("documents") {}

  void set_empty(int id, const std::string& field) {
    flow_->admin().command(
        flow_->production(),
        {{"update", "clock"},
         {"updates",
          Json::array({Json{{"q", {{"_id", id}}}, {"u", {{"$set", {{field, timestamp(0)}}}}}}})}});
  }

  /// As a server does it when it inserts: in each staging collection its time stands in place of an
  /// empty timestamp.
  void write_time_over(const std::string& database) {
    TestClient client(flow_->server().uri());
    for (const auto& name : leftovers(client, database)) {
      for (const auto* field : {"at", "ts"}) {
        const Json update = {{"q", {{field, timestamp(0)}}},
                             {"u", {{"$set", {{field, timestamp(99)}}}}},
                             {"multi", true}};
        const auto reply =
            client.command(database, {{"update", name}, {"updates", Json::array({update})}});
        written_over_ += reply.at("nModified").get<int>();
      }
    }
  }

  void make_clock() {
    flow_->admin().insert(flow_->production(), "clock",
                          {{{"_id", 1}, {"at", timestamp(7)}, {"name", "x"}, {"ts", timestamp(7)}},
                           {{"_id", 2}, {"at", timestamp(7)}},
                           {{"_id", 3}, {"deep", {{"at", timestamp(7)}}}}});
    set_empty(1, "at");
    set_empty(1, "ts");
    set_empty(3, "deep.at");
  }

  void expect_equal(const std::string& database) {
    EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(database)),
              Strings());
    EXPECT_EQ(leftovers(flow_->admin(), database), Strings());
  }

  std::atomic<int> written_over_{0};
};

TEST_F(Documents, KeepTheirEmptyTimestampsFromProductionToAPreview) {
  make_clock();
  relay_->after(copy_of_clock(), [this] { write_time_over(flow_->snapshot()); });
  flow_->expect(0, {"snapshot"}, environment_);
  EXPECT_EQ(written_over_, 2);
  expect_equal(flow_->snapshot());
  relay_->after(copy_of_clock(), [this] { write_time_over(flow_->preview(1)); });
  flow_->expect(0, {"restore", "pr-1"}, environment_);
  EXPECT_EQ(written_over_, 4);
  expect_equal(flow_->preview(1));
  flow_->expect(0, {"verify", "pr-1"});
}

TEST_F(Documents, WithEmptyTimestampsAreNotPublishedWhereTheServerDoesNotKeepThem) {
  flow_->expect(0, {"snapshot"});
  const auto before = fingerprint(flow_->image_of(flow_->snapshot()));
  make_clock();
  relay_->say_mongod();  // and so is not probed
  // After the copy and after every update of it.
  relay_->after("_tidegate.", [this] { write_time_over(flow_->snapshot()); });
  const auto outcome = flow_->expect(10, {"snapshot"}, environment_);
  EXPECT_NE(outcome.err.find("'clock': documents with an empty timestamp should be 1, is 0"),
            std::string::npos)
      << outcome;
  EXPECT_EQ(fingerprint(flow_->image_of(flow_->snapshot())), before);
}

TEST_F(Documents, OfACappedCollectionMayHaveAnIdThatMergeRefuses) {
  auto& admin = flow_->admin();
  admin.command(flow_->production(), {{"create", "log"}, {"capped", true}, {"size", 65536}});
  admin.insert(flow_->production(), "log",
               {{{"_id", 9}, {"n", 1}}, {{"_id", nullptr}, {"n", 2}}, {{"_id", 1}, {"n", 3}}});
  constexpr int k_on_field_missing = 51132;
  relay_->refuse("whenMatched", k_on_field_missing, 100);  // of $merge alone
  flow_->expect(0, {"snapshot"}, environment_);
  flow_->expect(0, {"restore", "pr-1"}, environment_);
  EXPECT_EQ(relay_->refusals_left(), 100) << "it was tried by $merge";
  expect_equal(flow_->snapshot());
  expect_equal(flow_->preview(1));
  const auto reply =
      admin.command(flow_->preview(1), {{"find", "log"}, {"hint", {{"$natural", 1}}}});
  const auto& found = reply.at("cursor").at("firstBatch");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].at("n"), 1) << "a capped collection keeps its order";
  EXPECT_EQ(found[2].at("n"), 3);
}

}  // namespace
}  // namespace tidegate::test
