// The rules that every place for archives keeps, of any kind.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "archive/directory/directory.hpp"
#include "archive/name.hpp"
#include "archive/s3/s3.hpp"
#include "support/fake_world.hpp"
#include "support/s3_server.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using archive::Entry, archive::Store;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

enum class Kind { directory, s3 };

// By relative path; one without a name is the archive itself.
using Files = std::map<std::string, std::string>;

class ArchiveContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::directory) {
      root_ = directory_.path() / "snapshots";
      fs::create_directory(root_);
      return;
    }
    TIDEGATE_NEEDS_S3(server);
    server_ = server;
    bucket_ = server->make_bucket();
    plan_ = server->plan(bucket_, "a/b");
    root_ = server->file(bucket_, "a/b");
  }

  // As another program would.
  void lay_down(const std::string& name, const std::string& text) const {
    if (server_ != nullptr) return server_->put(bucket_, "a/b/" + name, text);
    std::ofstream(root_ / name) << text;
  }

  std::unique_ptr<Store> store() const {
    if (GetParam() == Kind::directory) return archive::directory_store(root_);
    return archive::s3_store(plan_, manner_);
  }

  static Metadata metadata(const std::string& run) {
    Metadata metadata;
    metadata.source = "production";
    metadata.method = "fake";
    metadata.run = run;
    return metadata;
  }

  static void make(const fs::path& path, const Files& files) {
    for (const auto& [name, text] : files) {
      const auto file = name.empty() ? path : path / name;
      fs::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << text;
    }
  }

  Entry put(const Files& files, const std::string& database = "syrf") {
    const auto opened = store();
    const auto lock = opened->lock(run, database, {});
    const auto draft = opened->begin(run, database, run.clock().now(), *lock);
    make(draft->path(), files);
    return draft->publish(run, metadata(run.id()), "test");
  }
  Entry put(const std::string& text) { return put(Files{{"", text}}); }

  archive::Listing list(const std::string& database = "syrf") {
    return store()->list(run, database);
  }

  // Everything but locks, as it lies there.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    if (!fs::exists(root_)) return found;
    for (const auto& each : fs::recursive_directory_iterator(root_)) {
      if (each.is_regular_file() && !each.path().string().ends_with(".lock")) {
        found.push_back(each.path().lexically_relative(root_).string());
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  static Files contents(const fs::path& path) {
    if (fs::is_regular_file(path)) return {{"", read_text(path)}};
    Files found;
    for (const auto& each : fs::recursive_directory_iterator(path)) {
      if (!each.is_regular_file()) continue;
      found[each.path().lexically_relative(path).string()] = read_text(each.path());
    }
    return found;
  }

  TempDir directory_{"archives"};
  S3Server* server_ = nullptr;  // where it is S3's
  std::string bucket_;
  ArchivePlan plan_;
  archive::S3Manner manner_;
  fs::path root_;
  FakeClock clock;
  WitnessedRun witnessed{clock};
  tidegate::Run& run = witnessed.run;
};

INSTANTIATE_TEST_SUITE_P(, ArchiveContract, testing::Values(Kind::directory, Kind::s3),
                         [](const auto& each) {
                           return each.param == Kind::directory ? "Directory" : "S3";
                         });

const Files k_tree = {{"toc", "t"}, {"syrf/a b%41+.bson", "abc"}, {"syrf/e", ""}};

TEST_P(ArchiveContract, WhatIsPublishedIsListedFetchedAndRemoved) {
  for (const auto& files : {Files{{"", "content"}}, Files{{"", ""}}, k_tree}) {
    const auto entry = put(files);
    const auto listing = list();
    ASSERT_THAT(listing.archives, SizeIs(1));
    const auto& found = listing.archives.front();
    EXPECT_EQ(found.name, entry.name);
    EXPECT_EQ(found.size, entry.size);
    EXPECT_EQ(found.sha256, entry.sha256);
    EXPECT_EQ(found.format, "test");
    EXPECT_EQ(found.metadata.run, run.id());
    EXPECT_THAT(listing.unfinished, IsEmpty());
    EXPECT_THAT(listing.damaged, IsEmpty());
    EXPECT_THAT(listing.strangers, IsEmpty());
    const auto opened = store();
    opened->prove(run, found);
    EXPECT_EQ(contents(opened->fetch(run, found)->path()), files);
    const auto lock = opened->lock(run, "syrf", {});
    opened->remove(run, "syrf", found, *lock);
    opened->remove(run, "syrf", found, *lock);  // may be repeated
    EXPECT_THAT(names(), IsEmpty());
  }
}

TEST_P(ArchiveContract, ADraftThatIsNotPublishedLeavesNothing) {
  const auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  fs::path path;
  {
    const auto draft = opened->begin(run, "syrf", run.clock().now(), *lock);
    path = draft->path();
    make(path, k_tree);
    EXPECT_THAT(opened->list(run, "syrf").archives, IsEmpty());
  }
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_FALSE(fs::exists(path));
}

TEST_P(ArchiveContract, TwoOfOneSecondHaveTwoNamesOldestFirst) {
  const auto one = put("one"), two = put("two");
  EXPECT_NE(one.name, two.name);
  const auto listing = list();
  ASSERT_THAT(listing.archives, SizeIs(2));
  EXPECT_EQ(listing.archives[0].name, one.name);
  EXPECT_EQ(listing.archives[1].name, two.name);
}

TEST_P(ArchiveContract, ReplacesNothingThatAppearedUnderItsName) {
  for (const auto& files : {Files{{"", "mine"}}, k_tree}) {
    const auto opened = store();
    const auto lock = opened->lock(run, "syrf", {});
    auto draft = opened->begin(run, "syrf", run.clock().now(), *lock);
    make(draft->path(), files);
    const auto rival = archive::sidecar_name(
        archive::archive_name("syrf", std::chrono::floor<std::chrono::seconds>(clock.now())));
    lay_down(rival, "another client's");
    EXPECT_EQ(error_of([&] { draft->publish(run, metadata(run.id()), "test"); }).kind(),
              ErrorKind::conflict);
    EXPECT_EQ(read_text(root_ / rival), "another client's");
    EXPECT_THAT(opened->list(run, "syrf").archives, IsEmpty());
    draft.reset();
    EXPECT_THAT(opened->list(run, "syrf").unfinished, IsEmpty());
    fs::remove(root_ / rival);
    clock.advance(std::chrono::minutes(1));
  }
}

TEST_P(ArchiveContract, DatabasesDoNotSeeEachOther) {
  const auto odd = std::string("a/b %-\xc3\xa4");
  const auto theirs = put({{"", "theirs"}}, odd), ours = put("ours");
  EXPECT_THAT(list(odd).archives, SizeIs(1));
  EXPECT_THAT(list("syr").archives, IsEmpty());
  const auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  const auto other = opened->lock(run, odd, {});
  EXPECT_EQ(error_of([&] { opened->remove(run, "syrf", theirs, *lock); }).kind(),
            ErrorKind::refused);
  opened->clear_unfinished(run, "syrf", *lock);
  opened->remove(run, "syrf", ours, *lock);
  EXPECT_THAT(list(odd).archives, SizeIs(1));
}

TEST_P(ArchiveContract, StrangersAreListedAndLeftAlone) {
  const auto entry = put("content");
  const std::vector<std::string> strangers = {"README.md", "atlas-20261122T030004Z.dump",
                                              "syrf-20261122T030004Z.dump.gz",
                                              "syrf-20261199T030004Z.dump"};
  for (const auto& name : strangers) lay_down(name, "text");
  const auto listing = list();
  EXPECT_THAT(listing.archives, SizeIs(1));
  for (const auto& name : strangers) EXPECT_THAT(listing.strangers, Contains(name));
  const auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  opened->clear_unfinished(run, "syrf", *lock);
  opened->remove(run, "syrf", entry, *lock);
  EXPECT_THAT(names(), testing::UnorderedElementsAreArray(strangers));
}

TEST_P(ArchiveContract, OneWithoutItsSidecarOrCutShortIsDamagedAndStays) {
  const auto cut = put("content"), lonely = put("more");
  fs::resize_file(root_ / cut.name, 3);
  fs::remove(root_ / archive::sidecar_name(lonely.name));
  const auto listing = list();
  EXPECT_THAT(listing.archives, IsEmpty());
  EXPECT_THAT(listing.damaged, ElementsAre(cut.name, lonely.name));
  const auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  EXPECT_THAT(opened->clear_unfinished(run, "syrf", *lock), IsEmpty());
  EXPECT_TRUE(fs::exists(root_ / lonely.name));
}

TEST_P(ArchiveContract, ASidecarAloneIsUnfinishedAndCleared) {
  const auto entry = put("content");
  fs::remove(root_ / entry.name);
  EXPECT_THAT(list().unfinished, ElementsAre(archive::sidecar_name(entry.name)));
  const auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  EXPECT_THAT(opened->clear_unfinished(run, "syrf", *lock), SizeIs(1));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_P(ArchiveContract, OneFlippedByteIsFound) {
  for (const auto& files : {Files{{"", "content"}}, k_tree}) {
    const auto entry = put(files);
    auto victim = root_ / entry.name;
    if (fs::is_directory(victim)) victim /= "toc";
    std::fstream(victim, std::ios::in | std::ios::out) << "X";
    const auto opened = store();
    EXPECT_EQ(error_of([&] { opened->prove(run, entry); }).kind(), ErrorKind::verification);
    EXPECT_EQ(error_of([&] { opened->fetch(run, entry); }).kind(), ErrorKind::verification);
  }
}

TEST_P(ArchiveContract, OneThatIsGoneIsNotFound) {
  const auto entry = put("content");
  fs::remove(root_ / entry.name);
  const auto opened = store();
  EXPECT_EQ(error_of([&] { opened->prove(run, entry); }).kind(), ErrorKind::not_found);
  EXPECT_EQ(error_of([&] { opened->fetch(run, entry); }).kind(), ErrorKind::not_found);
}

TEST_P(ArchiveContract, MetadataIsAmended) {
  for (const auto& files : {Files{{"", "content"}}, k_tree}) {
    const auto entry = put(files);
    auto learnt = metadata("r2");
    learnt.schema_version = "42";
    const auto opened = store();
    const auto lock = opened->lock(run, "syrf", {});
    opened->amend(run, entry, learnt, *lock);
    const auto listing = opened->list(run, "syrf");
    ASSERT_THAT(listing.archives, Not(IsEmpty()));
    EXPECT_EQ(listing.archives.back().metadata.schema_version, "42");
    EXPECT_EQ(listing.archives.back().sha256, entry.sha256);
    opened->prove(run, listing.archives.back());
  }
}

TEST_P(ArchiveContract, OneWriterAtATime) {
  const auto opened = store(), second = store();
  auto lock = opened->lock(run, "syrf", {});
  lock->confirm(run);
  const auto error = error_of([&] { second->lock(run, "syrf", std::chrono::seconds(2)); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.message(), HasSubstr("run " + run.id()));
  const auto other = second->lock(run, "atlas", {});
  lock.reset();
  second->lock(run, "syrf", {})->confirm(run);
}

TEST_P(ArchiveContract, ItIsSaidThatItCanBeWrittenAndNothingIsLeft) {
  store()->check(run);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_GT(store()->free_space(run).value_or(Bytes{1}), Bytes{0});
}

TEST_P(ArchiveContract, NothingIsDoneOnceItIsCancelled) {
  const auto entry = put("content");
  const auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  auto draft = opened->begin(run, "syrf", run.clock().now(), *lock);
  make(draft->path(), {{"", "more"}});
  witnessed.stop.request_stop();
  for (const std::function<void()>& call : std::vector<std::function<void()>>{
           [&] { draft->publish(run, metadata("r"), "test"); },
           [&] { opened->remove(run, "syrf", entry, *lock); }, [&] { opened->prove(run, entry); },
           [&] { opened->list(run, "syrf"); }}) {
    EXPECT_EQ(error_of(call).kind(), ErrorKind::cancelled);
  }
  draft.reset();
  WitnessedRun again(clock);
  EXPECT_THAT(store()->list(again.run, "syrf").archives, SizeIs(1));
}

}  // namespace
}  // namespace tidegate::test
