// Comments are checked word for word in texts_test.cpp; here is what they are told.

#include "preview/comment_writer.hpp"

#include <gmock/gmock.h>

#include "base/utc.hpp"
#include "preview/backend.hpp"
#include "support/fake_world.hpp"
#include "support/pulls.hpp"

namespace tidegate::test {
namespace {

using preview::TargetContent;
using testing::HasSubstr;
using testing::Not;

class Comments : public FakeWorld {
 protected:
  std::string status(const preview::ReportSubject& subject) {
    preview::CommentedDatabase database{
        .name = "syrf", .policy = {}, .pages = {}, .topology = topology};
    database.snapshot = connect;
    return preview::template_writer(std::move(database), start(), redactor)->status(subject);
  }
  preview::ReportSubject subject(TargetContent holds) const {
    return {.pull = pull, .decision = decision, .database = "syrf_pr_42", .holds = holds};
  }

  PullRequest pull = test::pull(42, {"preview"});
  preview::Decision decision{};
  Redactor redactor;
  engine::Connect connect = [this] { return std::make_unique<FakeEngine>(server); };
};

TEST_F(Comments, TellADatabaseWithoutMetadataFromNone) {
  const preview::PreviewState unowned{.number = pull.number, .database = "syrf_pr_42"};
  const auto holds = preview::seen(unowned).holds;
  EXPECT_EQ(holds, TargetContent::seed);
  EXPECT_THAT(status(subject(holds)), Not(HasSubstr("not there yet")));
  EXPECT_THAT(status(subject(preview::seen(std::nullopt).holds)), HasSubstr("not there yet"));
}

TEST_F(Comments, HaveTheTimeOfTheNewestSnapshotWhereTheTargetHasNone) {
  const auto taken = take().timestamp;
  EXPECT_THAT(status(subject(TargetContent::seed)), HasSubstr(to_minute(taken)));
}

TEST_F(Comments, AreWrittenThoughTheSnapshotCannotBeAsked) {
  connect = []() -> std::unique_ptr<engine::Engine> {
    throw Error(ErrorKind::unreachable, "no answer");
  };
  EXPECT_THAT(status(subject(TargetContent::seed)), HasSubstr("seed data"));
}

TEST_F(Comments, HoldNoSecretAndNoHiddenLine) {
  redactor.learn(Secret("pull-request-42"));
  pull.commit = "pull-request-42";
  const auto text = status(subject(TargetContent::seed));
  EXPECT_THAT(text, Not(HasSubstr("pull-request-42")));
  EXPECT_THAT(text, HasSubstr("***"));
  EXPECT_THAT(text, Not(HasSubstr("<!--")));
}

TEST(ContentOf, FollowsFromTheMetadata) {
  EXPECT_EQ(preview::content_of(std::nullopt), TargetContent::nothing);
  Metadata metadata;
  EXPECT_EQ(preview::content_of(metadata), TargetContent::seed);
  metadata.snapshot.emplace();
  EXPECT_EQ(preview::content_of(metadata), TargetContent::snapshot);
}

}  // namespace
}  // namespace tidegate::test
