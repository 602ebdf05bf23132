#include "preview/texts.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/error.hpp"
#include "base/utc.hpp"
#include "preview/last_report_json.hpp"
#include "preview/markdown.hpp"
#include "support/golden.hpp"
#include "support/program.hpp"
#include "support/pulls.hpp"

namespace tidegate::preview {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

CommentDatabase told(TargetContent holds) {
  CommentDatabase told{.name = "syrf",
                       .database = "syrf_pr_42",
                       .production = "syrftest",
                       .snapshot = "syrf_snapshot",
                       .holds = holds};
  told.snapshot_time = parse_rfc3339("2026-11-22T03:00:04Z");
  if (holds == TargetContent::seed || holds == TargetContent::snapshot)
    told.commit = test::k_present;
  return told;
}

CommentContext context(const std::vector<std::string>& labels, TargetContent holds) {
  CommentContext context{.pull = test::pull(42, labels), .policy = {}};
  context.locked = has_label(labels, "persist-db");
  context.pages = {{{"web", "https://pr-{number}.syrf.org.uk"},
                    {"api", "https://api.pr-{number}.syrf.org.uk"},
                    {"project-management", "https://project-management.pr-{number}.syrf.org.uk"}},
                   "pr-{number}",
                   {}};
  context.databases = {told(holds)};
  return context;
}

void expect_status(const std::string& name, const CommentContext& context) {
  test::expect_golden("comments/status-" + name + ".md", Texts().status(context));
}

void expect_notice(Notice notice, const CommentContext& context, const std::string& more = {}) {
  test::expect_golden("comments/" + std::string(to_text(notice)) + more + ".md",
                      Texts().notice(notice, context));
}

TEST(StatusComment, DescribesThePreview) {
  expect_status("snapshot", context({"preview", "use-snapshot"}, TargetContent::snapshot));
  expect_status("seed", context({"preview"}, TargetContent::seed));
  expect_status("locked",
                context({"preview", "use-snapshot", "persist-db"}, TargetContent::snapshot));
  expect_status("first", context({"preview", "use-snapshot"}, TargetContent::nothing));
  expect_status("unlabelled", context({}, TargetContent::nothing));
}

TEST(StatusComment, SaysThatThereIsNoSnapshotYet) {
  auto none = context({"preview"}, TargetContent::seed);
  none.databases.front().snapshot_time.reset();
  expect_status("no-snapshot", none);
}

TEST(StatusComment, DescribesAClosedPullRequest) {
  auto closed = context({"preview", "persist-db"}, TargetContent::seed);
  closed.pull.state = PullState::merged;
  expect_status("kept", closed);
}

TEST(StatusComment, ListsEveryDatabaseOfThePullRequest) {
  auto two = context({"preview", "use-snapshot"}, TargetContent::snapshot);
  two.databases.push_back(told(TargetContent::unknown));
  two.databases.back().name = "shop";
  two.databases.back().database = "shop_pr_42";
  two.pages = {};
  expect_status("two", two);
}

TEST(Notices, ContainTheRequiredFacts) {
  expect_notice(Notice::filled, context({"preview", "use-snapshot"}, TargetContent::snapshot));
  expect_notice(Notice::seed_next, context({"preview"}, TargetContent::seed));
  expect_notice(Notice::refused_add, context({"preview", "persist-db"}, TargetContent::seed));
  expect_notice(Notice::refused_remove,
                context({"preview", "persist-db"}, TargetContent::snapshot));
  expect_notice(Notice::locked, context({"preview", "persist-db"}, TargetContent::seed));
  expect_notice(Notice::unlocked, context({"preview", "use-snapshot"}, TargetContent::snapshot));
}

TEST(Notices, GiveTheReasonForADeletion) {
  auto gone = context({"preview"}, TargetContent::nothing);
  gone.pull.state = PullState::closed;
  expect_notice(Notice::dropped, gone);
  gone.was_locked = true;
  expect_notice(Notice::dropped, gone, "-unlocked");
  expect_notice(Notice::dropped, context({}, TargetContent::nothing), "-unlabelled");
}

TEST(Notices, ExplainHowToDeleteAKeptDatabase) {
  auto kept = context({"preview", "persist-db"}, TargetContent::snapshot);
  kept.pull.state = PullState::merged;
  expect_notice(Notice::kept, kept);
  expect_notice(Notice::kept, context({"persist-db"}, TargetContent::snapshot), "-unlabelled");
}

TEST(Notices, ContainTheHintAfterAFailure) {
  auto failed = context({"preview", "use-snapshot"}, TargetContent::nothing);
  failed.failure = "there is no complete snapshot of 'syrf' yet (looked 12 times in 6 min)";
  failed.hint = "take one now with 'tidegate snapshot syrf'";
  expect_notice(Notice::failed, failed);
}

const std::string k_hostile =
    "`</code>`` <img src=x onerror=alert(1)> @everyone ${{ secrets.X }}\n\n::set-output name=a::b\n"
    "--> <!-- # | [x](javascript:y) \x1b[31m";

TEST(Texts, ShowForeignTextHarmlessly) {
  auto hostile = context({"preview"}, TargetContent::seed);
  hostile.pull.commit = k_hostile;
  hostile.policy.labels.snapshot = k_hostile;
  hostile.policy.labels.lock = k_hostile;
  hostile.pages.namespace_name = k_hostile;
  hostile.databases.front().database = k_hostile;
  hostile.failure = "```\n" + k_hostile;
  const auto status = Texts().status(hostile);
  test::expect_golden("comments/status-hostile.md", status);
  std::vector<std::string> bodies{status};
  for (const auto notice :
       {Notice::filled, Notice::dropped, Notice::seed_next, Notice::refused_add,
        Notice::refused_remove, Notice::locked, Notice::unlocked, Notice::kept}) {
    bodies.push_back(Texts().notice(notice, hostile));
  }
  for (const auto& body : bodies) {
    EXPECT_THAT(body, Not(HasSubstr("<img")));
    EXPECT_THAT(body, Not(HasSubstr("@everyone")));
    EXPECT_THAT(body, Not(HasSubstr("\n::set-output")));
    EXPECT_THAT(body, Not(HasSubstr("\x1b")));
  }
  const auto failed = Texts().notice(Notice::failed, hostile);
  EXPECT_THAT(failed, HasSubstr("\n````text\n```\n"));
}

TEST(Texts, AreNeverLongerThanAComment) {
  auto huge = context({"preview"}, TargetContent::seed);
  for (int i = 0; i < 2000; ++i) huge.databases.push_back(told(TargetContent::seed));
  const auto status = Texts().status(huge);
  EXPECT_LE(status.size(), 60000U);
  EXPECT_THAT(status, StartsWith("### Preview of pull request 42\n"));
}

TEST(Texts, CanBeReplacedOneByOne) {
  const test::TempDir directory("templates");
  directory.write("locked.md", "{{{title}}} {{#databases}}{{database}}{{/databases}}\n");
  directory.write("README", "not a template {{#");
  auto hostile = context({"preview", "persist-db"}, TargetContent::seed);
  hostile.pull.title = "<b> @you `x`";
  const Texts texts(directory.path().string());
  EXPECT_EQ(texts.notice(Notice::locked, hostile), "`` ‹b› @\xE2\x81\xA0you `x` `` `syrf_pr_42`\n");
  EXPECT_EQ(texts.notice(Notice::kept, hostile), Texts().notice(Notice::kept, hostile));
}

TEST(Texts, RefuseInvalidTemplates) {
  const auto message = [](const std::string& name, const std::string& text) {
    const test::TempDir directory("templates");
    directory.write(name, text);
    try {
      const Texts texts(directory.path().string());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::config);
      return error.message() + " / " + error.hint();
    }
    return std::string("no error");
  };
  EXPECT_THAT(message("locked.md", "{{#databases}}"), HasSubstr("is no template of mustache"));
  EXPECT_THAT(message("lokced.md", ""), HasSubstr("did you mean 'locked.md'?"));
  EXPECT_THROW(Texts("/nonexistent"), Error);
}

TEST(Texts, AreFactsToo) {
  const auto facts = to_json(context({"preview", "use-snapshot"}, TargetContent::snapshot));
  EXPECT_EQ(facts.dump(),
            R"({"number":42,"state":"open","preview":true,"locked":false,)"
            R"("commit":")" +
                test::k_present +
                R"(","namespace":"pr-42",)"
                R"("databases":[{"name":"syrf","database":"syrf_pr_42",)"
                R"("source":"snapshot","production":"syrftest",)"
                R"("snapshot":"syrf_snapshot","snapshot_time":"2026-11-22T03:00:04.000Z",)"
                R"("commit":")" +
                test::k_present +
                R"("}],)"
                R"("urls":{"web":"https://pr-42.syrf.org.uk",)"
                R"("api":"https://api.pr-42.syrf.org.uk","project-management":)"
                R"("https://project-management.pr-42.syrf.org.uk"}})");
}

TEST(LastReport, IsReadStrictlyFromPeople) {
  EXPECT_EQ(parse_said(to_json(LastReport{.commit = "c", .kept = Kept::unlabelled}).dump()),
            (LastReport{.commit = "c", .kept = Kept::unlabelled}));
  EXPECT_THROW(parse_said("{"), Error);
  EXPECT_THROW(parse_said("[]"), Error);
  EXPECT_THROW(parse_said(R"({"commit": 1})"), Error);
  EXPECT_THROW(parse_said(R"({"kept": "maybe"})"), Error);
  EXPECT_THROW(parse_said(R"({"comit": "a"})"), Error);
}

TEST(Markdown, IsCodeForAnyContent) {
  EXPECT_EQ(as_code("syrf_pr_42"), "`syrf_pr_42`");
  EXPECT_EQ(as_code("a`b"), "``a`b``");
  EXPECT_EQ(as_code("`"), "`` ` ``");
  EXPECT_EQ(as_code("a\nb\x1b"), "`a b `");
  EXPECT_EQ(as_code("  "), "(empty)");
  EXPECT_EQ(as_code(std::string(300, 'x')).size(), 202U);
  EXPECT_EQ(cut_text("äöü", 5), "ä…");
}

}  // namespace
}  // namespace tidegate::preview
