#include "engine/mongodb/publish/metadata_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::engine::mongodb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SystemTime at(std::int64_t milliseconds) {
  return SystemTime{std::chrono::milliseconds{milliseconds}};
}

Metadata sample() {
  Metadata metadata;
  metadata.timestamp = at(1'795'316'404'123);
  metadata.source = "syrftest";
  metadata.collections = {"pmProject", "pmStudy"};
  metadata.method = "$out";
  metadata.schema_version = "2026-11-22";  // looks like a time, and is none
  metadata.target = "pr-42";
  metadata.run = "20261122T030004-7f3a92c1";
  metadata.tool_version = "0.1.0";
  metadata.started_at = at(1'795'316'400'000);
  metadata.finished_at = at(1'795'316'500'000);
  metadata.consistency = Consistency::point_in_time;
  metadata.verified = Verified::checksum;
  metadata.contents = {{"pmProject",
                        3,
                        {5'000'000'000},
                        2,
                        "ab",
                        "collection",
                        Verified::checksum,
                        R"({"a": "$b"})"}};
  metadata.snapshot = SnapshotOrigin{"20261122T030004-00000000", at(5), "syrftest"};
  metadata.pull_request = PullRequestOrigin{"camarades/syrf", 42, "4be1c02"};
  metadata.locked = LockRecord{"persist-db", at(7)};
  return metadata;
}

bson_type_t type_at(const Bson& document, const char* path) {
  const auto found = document.at(path);
  return found ? bson_iter_type(&*found) : BSON_TYPE_EOD;
}

TEST(MetadataDocument, ComesBackAsItWasWritten) {
  const auto read = metadata_told(to_bson(sample()), "syrf_pr_42");
  EXPECT_EQ(to_json(read, Definitions::include), to_json(sample(), Definitions::include));
}

TEST(MetadataDocument, HasDatesAndWideCounts) {
  const auto document = to_bson(sample());
  EXPECT_EQ(document.keys().front(), "_id");
  EXPECT_EQ(document.text("_id"), "latest");
  EXPECT_EQ(document.time("timestamp"), at(1'795'316'404'123));
  EXPECT_EQ(document.time("snapshot.timestamp"), at(5));
  EXPECT_EQ(document.time("locked.since"), at(7));
  EXPECT_EQ(document.text("schemaVersion"), "2026-11-22");
  EXPECT_EQ(type_at(document, "contents.0.documents"), BSON_TYPE_INT64);
  EXPECT_EQ(type_at(document, "contents.0.bytes"), BSON_TYPE_INT64);
  EXPECT_EQ(type_at(document, "schema"), BSON_TYPE_INT32);
}

TEST(MetadataDocument, OfAnotherWriterIsReadByItsFirstSixFields) {
  const auto read = metadata_told(Bson::from_json(R"({
    "_id": "latest", "timestamp": {"$date": "2026-11-22T03:00:04Z"}, "source": "syrftest",
    "collections": ["pmStudy"], "status": "complete", "method": "$out", "schemaVersion": "7",
    "uuids": [{"name": "pmStudy", "uuid": "00"}], "by": {"$oid": "5f0000000000000000000000"},
    "schema": {"$numberDouble": "1.0"}})"),
                                  "syrf_snapshot");
  EXPECT_EQ(read.source, "syrftest");
  EXPECT_THAT(read.collections, ElementsAre("pmStudy"));
  EXPECT_EQ(read.schema, 1);
}

TEST(MetadataDocument, ThatIsNoneIsUnreadableAndNamesTheFieldAndTheDatabase) {
  const auto read =
      metadata_told(doc("_id", "latest", "timestamp", at(1)), "syrf_snapshot").unreadable;
  EXPECT_THAT(read, HasSubstr("syrf_snapshot"));
  EXPECT_THAT(read, HasSubstr("source"));
}

}  // namespace
}  // namespace tidegate::engine::mongodb
