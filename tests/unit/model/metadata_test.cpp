#include "model/metadata.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "model/metadata_json.hpp"

namespace tidegate {
namespace {

using Json = nlohmann::ordered_json;

SystemTime at(std::int64_t milliseconds) {
  return SystemTime{std::chrono::milliseconds{milliseconds}};
}

Metadata full() {
  Metadata m;
  m.timestamp = at(1'795'316'404'123);
  m.source = "syrftest";
  m.collections = {"pmProject", "pmStudy"};
  m.status = Status::publishing;
  m.method = "$out";
  m.schema_version = "42";
  m.target = "pr-42";
  m.run = "20261122T030004-7f3a92c1";
  m.tool_version = "0.1.0";
  m.started_at = at(1'795'316'400'000);
  m.finished_at = at(1'795'316'500'000);
  m.consistency = Consistency::point_in_time;
  m.verified = Verified::checksum;
  m.contents = {
      {"pmProject", 18'204, Bytes{412}, 5, "0a1b", "collection", Verified::checksum, "{}"},
      {"pmView", 0, Bytes{0}, 0, "", "view", Verified::none, "[]"}};
  m.snapshot = SnapshotOrigin{"r0", at(1'795'316'300'000), "syrftest"};
  m.pull_request = PullRequestOrigin{"camarades/syrf", 42, "4be1c02"};
  m.locked = LockRecord{"persist-db", at(1'795'316'200'000)};
  return m;
}

Json minimal() {
  return Json::parse(R"({"timestamp": "2026-11-22T03:00:04.123Z", "source": "syrftest",
                         "collections": ["a"], "status": "complete", "method": "$out",
                         "schemaVersion": "7"})");
}

template <typename Call>
std::string remote_error(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::remote);
    EXPECT_FALSE(error.hint().empty());
    return error.message();
  }
  return "(no error)";
}

TEST(Metadata, WordsAreReadAndWritten) {
  for (const auto v : {Status::complete, Status::publishing})
    EXPECT_EQ(parse_status(to_text(v)), v);
  for (const auto v : {Consistency::point_in_time, Consistency::per_collection}) {
    EXPECT_EQ(parse_consistency(to_text(v)), v);
  }
  for (const auto v : {Verified::checksum, Verified::size, Verified::count, Verified::none}) {
    EXPECT_EQ(parse_verified(to_text(v)), v);
  }
  EXPECT_EQ(to_text(Consistency::point_in_time), "point-in-time");
  EXPECT_EQ(to_text(Consistency::per_collection), "per-collection");
  EXPECT_FALSE(parse_status("Complete"));
  EXPECT_FALSE(parse_consistency(""));
  EXPECT_FALSE(parse_verified("md5"));
}

TEST(Metadata, TheWeakerWayOfVerifyingCounts) {
  EXPECT_EQ(weaker(Verified::checksum, Verified::size), Verified::size);
  EXPECT_EQ(weaker(Verified::none, Verified::checksum), Verified::none);
  EXPECT_EQ(weaker(Verified::count, Verified::size), Verified::count);
}

TEST(Metadata, AddsUpAndFinds) {
  const auto m = full();
  EXPECT_EQ(m.total_documents(), 18'204);
  EXPECT_EQ(m.total_bytes(), Bytes{412});
  ASSERT_NE(m.find("pmView"), nullptr);
  EXPECT_EQ(m.find("pmView")->type, "view");
  EXPECT_EQ(m.find("pm"), nullptr);
}

TEST(MetadataJson, HasTheFieldNamesOfTheContractInTheirOrder) {
  const auto text = to_json(full(), Definitions::include).dump();
  EXPECT_EQ(
      text,
      R"({"timestamp":"2026-11-22T03:00:04.123Z","source":"syrftest",)"
      R"("collections":["pmProject","pmStudy"],"status":"publishing","method":"$out",)"
      R"("schemaVersion":"42","schema":1,"target":"pr-42","run":"20261122T030004-7f3a92c1",)"
      R"("tool":{"name":"tidegate","version":"0.1.0"},"startedAt":"2026-11-22T03:00:00.000Z",)"
      R"("finishedAt":"2026-11-22T03:01:40.000Z","consistency":"point-in-time",)"
      R"("verified":"checksum","contents":[{"name":"pmProject","documents":18204,"bytes":412,)"
      R"("indexes":5,"checksum":"0a1b","type":"collection","verified":"checksum",)"
      R"("definition":"{}"},{"name":"pmView","documents":0,"bytes":0,"indexes":0,"type":"view",)"
      R"("verified":"none","definition":"[]"}],"snapshot":{"run":"r0",)"
      R"("timestamp":"2026-11-22T02:58:20.000Z","source":"syrftest"},)"
      R"("pullRequest":{"repository":"camarades/syrf","number":42,"commit":"4be1c02"},)"
      R"("locked":{"label":"persist-db","since":"2026-11-22T02:56:40.000Z"}})");
}

TEST(MetadataJson, CarriesWhatAnEngineNeedsToMakeACopyAgain) {
  auto before = full();
  before.definition = R"({"encoding":"UTF8"})";
  before.contents[0].input_checksum = "2c3d";
  before.contents[0].note = "computed again";
  const auto back = metadata_from_json(to_json(before, Definitions::include));
  EXPECT_EQ(back.definition, before.definition);
  EXPECT_EQ(back.contents[0].input_checksum, "2c3d");
  EXPECT_EQ(back.contents[0].note, "computed again");
  const auto told = to_json(before);
  EXPECT_FALSE(told.contains("definition")) << "for tidegate alone";
  EXPECT_EQ(told["contents"][0]["note"], "computed again");
}

TEST(Metadata, ViewsOfBothKindsAreNoCollections) {
  std::vector<Content> contents(3);
  contents[0].type = "view";
  contents[1].type = "materialized view";
  EXPECT_EQ(counted_kinds(contents), "1 collection and 2 views");
}

TEST(MetadataJson, IsReadBackAsItWas) {
  const auto json = to_json(full(), Definitions::include);
  const auto back = metadata_from_json(json);
  EXPECT_EQ(to_json(back, Definitions::include), json);
  EXPECT_EQ(back.contents.at(0).definition, "{}");
  EXPECT_EQ(back.locked->since, full().locked->since);
}

TEST(MetadataJson, HasAnEnginesNotesAsJsonAndOnlyBesideAnArchive) {
  auto metadata = full();
  metadata.restore_notes = R"({"owners":["app"]})";
  const auto json = to_json(metadata, Definitions::include);
  EXPECT_EQ(json.at("restoreNotes").at("owners").at(0), "app");
  EXPECT_EQ(metadata_from_json(json).restore_notes, metadata.restore_notes);
  EXPECT_FALSE(to_json(metadata, Definitions::leave_out).contains("restoreNotes"));
  metadata.restore_notes = "of another form";
  EXPECT_EQ(metadata_from_json(to_json(metadata, Definitions::include)).restore_notes,
            "of another form");
}

TEST(MetadataJson, LeavesDefinitionsAndAbsentPartsOut) {
  auto m = full();
  m.snapshot.reset();
  m.pull_request.reset();
  m.locked.reset();
  const auto json = to_json(m);
  for (const auto* key : {"snapshot", "pullRequest", "locked"}) EXPECT_FALSE(json.contains(key));
  EXPECT_FALSE(json.at("contents").at(0).contains("definition"));
  EXPECT_FALSE(json.at("contents").at(1).contains("checksum"));
}

TEST(MetadataJson, ReadsADocumentOfTheFirstSixFields) {
  const auto m = metadata_from_json(minimal());
  EXPECT_EQ(m.source, "syrftest");
  EXPECT_EQ(m.schema_version, "7");
  EXPECT_EQ(m.schema, 1);
  EXPECT_EQ(m.verified, Verified::none);
  EXPECT_EQ(m.consistency, Consistency::per_collection);
  EXPECT_TRUE(m.contents.empty());
  EXPECT_EQ(m.tool_name, "");
  EXPECT_FALSE(to_json(m).contains("startedAt"));
}

TEST(MetadataJson, IgnoresWhatItDoesNotKnow) {
  auto json = minimal();
  json["future"] = {{"x", 1}};
  json["_id"] = "latest";
  json["locked"] = nullptr;
  json["schemaVersion"] = 43;
  const auto m = metadata_from_json(json);
  EXPECT_FALSE(m.locked);
  EXPECT_EQ(m.schema_version, "43");
}

TEST(MetadataJson, SaysWhichFieldIsMissing) {
  for (const auto* key : {"timestamp", "source", "collections", "status", "method"}) {
    auto json = minimal();
    json.erase(key);
    EXPECT_EQ(remote_error([&] { metadata_from_json(json); }),
              std::string("the metadata document's '") + key + "' is missing");
  }
}

TEST(MetadataJson, SaysWhichFieldIsOfTheWrongType) {
  struct Case {
    const char* patch;
    const char* problem;
  };
  const Case cases[] = {
      {R"({"timestamp": 5})", "'timestamp' is not text"},
      {R"({"timestamp": "yesterday"})", "'timestamp' is not a time: 'yesterday'"},
      {R"({"source": 1})", "'source' is not text"},
      {R"({"collections": "a"})", "'collections' is not a list"},
      {R"({"collections": [1]})", "'collections' has something other than text in it"},
      {R"({"status": "half"})", "'status' has the unknown value 'half'"},
      {R"({"schema": "1"})", "'schema' is not a number"},
      {R"({"schema": 99999999999})", "'schema' is too large"},
      {R"({"verified": "md5"})", "'verified' has the unknown value 'md5'"},
      {R"({"contents": {}})", "'contents' is not a list"},
      {R"({"contents": [1]})", "'contents[0]' is not an object"},
      {R"({"contents": [{"documents": 1}]})", "'contents[0].name' is missing"},
      {R"({"contents": [{"name": "a", "documents": "1"}]})",
       "'contents[0].documents' is not a number"},
      {R"({"contents": [{"name": "a", "bytes": 1.5}]})",
       "'contents[0].bytes' is not a whole number"},
      {R"({"contents": [{"name": "a", "bytes": 18446744073709551615}]})",
       "'contents[0].bytes' is too large"},
      {R"({"tool": "x"})", "'tool' is not an object"},
      {R"({"snapshot": {"timestamp": "x"}})", "'snapshot.timestamp' is not a time: 'x'"},
      {R"({"pullRequest": {"number": "x"}})", "'pullRequest.number' is not a number"},
      {R"({"locked": []})", "'locked' is not an object"},
  };
  for (const auto& c : cases) {
    auto json = minimal();
    json.update(Json::parse(c.patch));
    EXPECT_EQ(remote_error([&] { metadata_from_json(json); }),
              std::string("the metadata document's ") + c.problem);
  }
  EXPECT_EQ(remote_error([] { metadata_from_json(Json::array()); }),
            "the metadata document's 'document' is not an object");
}

TEST(MetadataJson, ReadsWholeNumbersThatWereStoredAsDoubles) {
  auto json = minimal();
  json["contents"] = Json::parse(R"([{"name": "a", "documents": 12.0}])");
  EXPECT_EQ(metadata_from_json(json).total_documents(), 12);
}

TEST(Metadata, ThatCannotBeReadStillTellsItsLock) {
  auto json = to_json(full());
  json.erase("method");
  const auto told = metadata_as_told(json, "the metadata of 'pr'");
  EXPECT_EQ(told.unreadable, "the metadata of 'pr': the metadata document's 'method' is missing");
  EXPECT_EQ(told.locked.value().label, "persist-db");
  EXPECT_FALSE(told.lock_unknown);
  EXPECT_EQ(told.status, Status::publishing);
  EXPECT_EQ(told.tool_name, "");
}

TEST(Metadata, ThatCannotBeReadAndHasNoLockTellsThat) {
  auto json = minimal();
  json["verified"] = "by magic";
  const auto told = metadata_as_told(json, "x");
  EXPECT_FALSE(told.locked);
  EXPECT_FALSE(told.lock_unknown);
  EXPECT_NE(told.unreadable, "");
}

TEST(Metadata, WhoseLockCannotBeReadSaysSo) {
  for (const char* lock : {R"({"label": "x", "since": "yesterday"})", "true", R"({"label": 1})"}) {
    auto json = minimal();
    json["locked"] = Json::parse(lock);
    const auto told = metadata_as_told(json, "x");
    EXPECT_TRUE(told.lock_unknown) << lock;
    EXPECT_NE(told.unreadable.find("locked"), std::string::npos) << told.unreadable;
  }
}

TEST(Metadata, ThatCanBeReadIsToldAsItIs) {
  const auto told = metadata_as_told(to_json(full()), "x");
  EXPECT_EQ(told.run, full().run);
  EXPECT_EQ(told.unreadable, "");
}

}  // namespace
}  // namespace tidegate
