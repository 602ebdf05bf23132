#include "snapshot/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Audit : public FakeWorld {};

TEST_F(Audit, FindsAFreshTargetEqual) {
  take();
  fill("pr-1");
  const auto audited = audit("pr-1");
  EXPECT_THAT(audited.report.differences, IsEmpty());
  EXPECT_EQ(audited.target, "pr-1");
  EXPECT_EQ(audited.database.text(), "syrf_pr_1");
}

TEST_F(Audit, AcceptsTheWordSnapshotAsATarget) {
  take();
  EXPECT_TRUE(audit("snapshot").report.equal());
}

TEST_F(Audit, NamesTheCollectionWhoseDocumentsChanged) {
  take();
  fill("pr-1");
  server.find("syrf_pr_1")->collections["pmStudy"].documents["7"] = "changed";
  const auto report = audit("pr-1").report;
  ASSERT_THAT(report.differences, SizeIs(1));
  EXPECT_EQ(report.differences[0].collection, "pmStudy");
  EXPECT_EQ(report.differences[0].what, "checksum");
}

TEST_F(Audit, RecordsItsResultInTheJournal) {
  take();
  fill("pr-1");
  audit("pr-1");
  EXPECT_EQ(journal.ended.back().outcome, "ok");
  server.find("syrf_pr_1")->collections["pmStudy"].documents["7"] = "changed";
  audit("pr-1");
  EXPECT_EQ(journal.ended.back().outcome, "verification");
  EXPECT_THAT(journal.ended.back().message, HasSubstr("'pmStudy': checksum"));
}

TEST_F(Audit, FindsACollectionThatShouldNotBeThere) {
  take();
  fill("pr-1");
  server.load("syrf_pr_1", "extra", {});
  EXPECT_FALSE(audit("pr-1").report.equal());
}

TEST_F(Audit, RefusesADatabaseThatIsMissingOrHasNoMetadata) {
  EXPECT_EQ(error_of([&] { audit("pr-1"); }).kind(), ErrorKind::not_found);
  server.load("syrf_pr_1", "foreign", {});
  EXPECT_THAT(error_of([&] { audit("pr-1"); }).message(), HasSubstr("has no metadata"));
  drop("pr-2", preview::Leave::seed);
  EXPECT_THAT(error_of([&] { audit("pr-2"); }).message(), HasSubstr("seeded"));
}

}  // namespace
}  // namespace tidegate::test
