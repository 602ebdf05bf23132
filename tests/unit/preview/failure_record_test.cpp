#include "preview/failure_record.hpp"

#include <gtest/gtest.h>

#include "model/metadata_json.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

class FailureRecord : public FakeWorld {
 protected:
  /// A run for the preview that ends so.
  void fail(const Error& error) {
    redactor.learn(Secret("hunter2"));
    const auto target = *parse_target("pr-1");
    const preview::FailureRecorder recorder(start(), engine, gate, target, "4be1c02", redactor);
    const auto thrown =
        error_of([&] { preview::recording_failure(recorder, [&]() -> int { throw error; }); });
    EXPECT_EQ(thrown.message(), error.message());
  }
  std::optional<tidegate::FailureRecord> recorded() {
    const auto* database = server.find("syrf_pr_1");
    if (database == nullptr || !database->latest) return std::nullopt;
    return database->latest->last_failure;
  }
  Redactor redactor;
};

TEST_F(FailureRecord, IsPartOfWhatTheTargetSaysOfItselfUntilItIsFilled) {
  take();
  const auto before = fill("pr-1");
  fail({ErrorKind::remote, "the copy of 'x' broke off: hunter2", "look at hunter2"});
  const auto failure = recorded();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->run, last().run.id());
  EXPECT_EQ(failure->at, clock.now());
  EXPECT_EQ(failure->kind, "remote");
  EXPECT_EQ(failure->message, "the copy of 'x' broke off: ***");
  EXPECT_EQ(failure->hint, "look at ***");
  EXPECT_EQ(failure->commit, "4be1c02");
  EXPECT_EQ(server.find("syrf_pr_1")->latest->run, before.run) << "the rest is as it was";
  EXPECT_FALSE(server.find("syrf_pr_1")->lease);
  fill("pr-1");
  EXPECT_FALSE(recorded());
}

TEST_F(FailureRecord, SaysNothingOfTheTargetWhereTheFailureDoesNot) {
  take();
  fill("pr-1");
  for (const auto kind : {ErrorKind::conflict, ErrorKind::locked, ErrorKind::cancelled}) {
    fail({kind, "x"});
    EXPECT_FALSE(recorded()) << describe(kind).name;
  }
  fail({ErrorKind::permission, "the password is wrong", {}, "sign in"});
  EXPECT_FALSE(recorded());
}

TEST_F(FailureRecord, MakesNoDatabase) {
  take();
  fail({ErrorKind::remote, "x"});
  EXPECT_EQ(server.find("syrf_pr_1"), nullptr);
}

TEST_F(FailureRecord, HidesNoFailureBehindAnother) {
  take();
  fill("pr-1");
  server.on_step = [](const std::string&) { throw Error(ErrorKind::unreachable, "gone"); };
  fail({ErrorKind::remote, "the first"});
  server.on_step = nullptr;
  EXPECT_FALSE(recorded());
}

TEST_F(FailureRecord, IsWrittenThoughTheTimeOfTheRunIsOver) {
  take();
  fill("pr-1");
  limit = std::chrono::milliseconds(1);
  const auto target = *parse_target("pr-1");
  const preview::FailureRecorder recorder(start(), engine, gate, target, "", redactor);
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(
      error_of([&] { preview::recording_failure(recorder, [&] { last().run.check(); }); }).kind(),
      ErrorKind::timeout);
  ASSERT_TRUE(recorded());
  EXPECT_EQ(recorded()->kind, "timeout");
}

TEST_F(FailureRecord, IsReadAsItWasWritten) {
  take();
  fill("pr-1");
  fail({ErrorKind::no_space, "too little", "more"});
  const auto json = to_json(*server.find("syrf_pr_1")->latest, Definitions::include);
  EXPECT_EQ(json.at("lastFailure").at("kind"), "no_space");
  const auto read = metadata_from_json(json);
  ASSERT_TRUE(read.last_failure);
  EXPECT_EQ(to_json(read, Definitions::include), json);
}

}  // namespace
}  // namespace tidegate::test
