#include <gtest/gtest.h>

#include "engine/mongodb/copy/inspect.hpp"
#include "engine/mongodb/publish/metadata_codec.hpp"

namespace tidegate::engine::mongodb {
namespace {

using namespace std::chrono_literals;

const SystemTime k_now{std::chrono::milliseconds{1'795'316'404'000}};

Metadata of_run(const std::string& run) {
  Metadata metadata;
  metadata.source = "p";
  metadata.method = "$out";
  metadata.run = run;
  return metadata;
}

Bson lease_of(const std::string& run) {
  return doc("_id", "lease", "run", std::string_view(run), "host", "pod-1", "process",
             std::int64_t{17}, "started", k_now - 60s, "renewed", k_now - 3s, "expires",
             k_now + 27s);
}

Records with(std::optional<Bson> lease, std::optional<Bson> latest) {
  return {std::move(lease), std::move(latest), "snap"};
}

TEST(Records, OfAnEmptyDatabaseSayNothing) {
  const auto empty = with({}, {});
  EXPECT_FALSE(empty.published());
  EXPECT_FALSE(empty.holder(k_now));
}

TEST(Records, TellTheLatestWhileARunIsStillStaging) {
  EXPECT_EQ(with(lease_of("new"), to_bson(of_run("old"))).published()->run, "old");
}

TEST(Records, TellWhatIsBeingPublishedFromTheCommitPointOn) {
  PublishPlan plan;
  plan.run = "new";
  plan.latest = to_bson(of_run("new"));
  auto lease = lease_of("new");
  lease.add("phase", "publishing").add("plan", plan.bson());
  EXPECT_EQ(with(lease, to_bson(of_run("old"))).published()->run, "new");
  EXPECT_EQ(with(lease, {}).published()->run, "new");
}

TEST(Records, TellTheLatestWhileADatabaseIsBeingDropped) {
  PublishPlan plan;
  plan.purpose = PublishPlan::Purpose::drop;
  plan.run = "dropping";
  auto lease = lease_of("dropping");
  lease.add("phase", "dropping").add("plan", plan.bson());
  const auto records = with(lease, to_bson(of_run("old")));
  EXPECT_EQ(records.published()->run, "old");
  EXPECT_FALSE(records.plan());
  EXPECT_EQ(records.holder(k_now)->phase, "dropping");
}

TEST(Records, NameTheHolderByTheServersClock) {
  const auto holder = with(lease_of("r"), {}).holder(k_now);
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->run, "r");
  EXPECT_EQ(holder->host, "pod-1");
  EXPECT_EQ(holder->process, 17);
  EXPECT_EQ(holder->started, k_now - 60s);
  EXPECT_EQ(holder->renewed_ago, 3s);
  EXPECT_FALSE(holder->expired);
  EXPECT_TRUE(with(lease_of("r"), {}).holder(k_now + 27s)->expired);
}

TEST(Records, OfALeaseGivenBackNameNobody) {
  EXPECT_FALSE(with(doc("_id", "lease"), {}).holder(k_now));
}

TEST(Listing, TellsWhoseACollectionIs) {
  const auto whose = [](const char* name, Bson options = {}) {
    return belongs({name, "collection", std::move(options), ""}, "snapshot_metadata");
  };
  EXPECT_EQ(whose("pmStudy"), CollectionOwner::to_user);
  EXPECT_EQ(whose("systems"), CollectionOwner::to_user);
  EXPECT_EQ(whose("_tidegatex"), CollectionOwner::to_user);
  EXPECT_EQ(whose("_tidegate.20261122T030004-7f3a92c1.1"), CollectionOwner::to_staging);
  EXPECT_EQ(whose("system.views"), CollectionOwner::to_engine);
  EXPECT_EQ(whose("tmp.agg_out.1"), CollectionOwner::to_engine);
  EXPECT_EQ(whose("snapshot_metadata"), CollectionOwner::to_engine);
  EXPECT_EQ(whose("passing", doc("temp", true)), CollectionOwner::to_engine);
}

}  // namespace
}  // namespace tidegate::engine::mongodb
