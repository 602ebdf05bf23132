#include "archive/directory/directory.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "archive/directory/files.hpp"
#include "archive/name.hpp"
#include "archive/sidecar.hpp"
#include "support/archive_place.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr int k_nobody = 65534;

class DirectoryStore : public ArchivePlace {
 protected:
  void write(const std::string& name, const std::string& text) {
    fs::create_directories(place());
    std::ofstream(path(name)) << text;
  }
  void remove_all() {
    auto opened = store();
    const auto lock = opened->lock(run, "syrf", {});
    opened->clear_unfinished(run, "syrf", *lock);
    for (const auto& entry : opened->list(run, "syrf").archives) {
      opened->remove(run, "syrf", entry, *lock);
    }
  }
};

TEST_F(DirectoryStore, PublishesAnArchiveWithItsSidecar) {
  const auto entry = put("content");
  EXPECT_THAT(names(), ElementsAre("syrf-20261122T030004Z.dump", "syrf-20261122T030004Z.json"));
  const auto listing = list();
  ASSERT_THAT(listing.archives, SizeIs(1));
  const auto& found = listing.archives.front();
  EXPECT_EQ(found.name, entry.name);
  EXPECT_EQ(found.size, Bytes{7});
  EXPECT_EQ(found.sha256, archive::sum_up(run, path(entry.name)).sha256);
  EXPECT_EQ(found.metadata.run, run.id());
  EXPECT_THAT(listing.unfinished, IsEmpty());
  EXPECT_THAT(listing.damaged, IsEmpty());
  EXPECT_THAT(listing.strangers, IsEmpty());
}

TEST_F(DirectoryStore, CreatesFilesForThisUserOnly) {
  const auto old = ::umask(0);
  const auto entry = put("content");
  ::umask(old);
  struct stat facts {};
  ASSERT_EQ(::stat(path(entry.name).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat(path(archive::sidecar_name(entry.name)).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat(place().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0700U);
}

TEST_F(DirectoryStore, PublishesADirectoryAsOneArchive) {
  auto opened = store();
  {
    const auto lock = opened->lock(run, "syrf", {});
    const auto draft = opened->begin(run, "syrf", clock.now(), *lock);
    fs::create_directories(draft->path() / "syrf");
    std::ofstream(draft->path() / "syrf" / "a.bson") << "abc";
    std::ofstream(draft->path() / "toc") << "t";
    draft->publish(run, metadata(), "directory");
  }
  const auto listing = list();
  ASSERT_THAT(listing.archives, SizeIs(1));
  EXPECT_EQ(listing.archives[0].size, Bytes{4});
  opened->prove(run, listing.archives[0]);
  remove_all();
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_FALSE(fs::exists(path(listing.archives[0].name)));
}

TEST_F(DirectoryStore, IsEmptyWhereThereIsNoDirectoryAndMakesNone) {
  EXPECT_THAT(list().archives, IsEmpty());
  EXPECT_TRUE(store()->free_space(run));
  EXPECT_FALSE(fs::exists(place()));
}

TEST_F(DirectoryStore, RemovesADraftThatIsNotPublished) {
  auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  {
    const auto draft = opened->begin(run, "syrf", clock.now(), *lock);
    std::ofstream(draft->path()) << "half";
    EXPECT_THAT(names(), ElementsAre("syrf-20261122T030004Z.dump.tmp"));
    EXPECT_THAT(list().archives, IsEmpty());
  }
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DirectoryStore, TakesTheNextSecondWhereOneHasAnArchive) {
  put("one");
  const auto second = put("two");
  EXPECT_EQ(second.name, "syrf-20261122T030005Z.dump");
  EXPECT_GE(clock.now(), second.taken);  // waited for, not invented
  EXPECT_THAT(list().archives, SizeIs(2));
}

TEST_F(DirectoryStore, ReplacesNothingThatAppearedUnderItsName) {
  auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  const auto draft = opened->begin(run, "syrf", clock.now(), *lock);
  std::ofstream(draft->path()) << "mine";
  write("syrf-20261122T030004Z.dump", "another run's");
  const auto error = error_of([&] { draft->publish(run, metadata(), "test"); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.message(), HasSubstr("nothing was replaced"));
  EXPECT_EQ(read_text(path("syrf-20261122T030004Z.dump")), "another run's");
}

TEST_F(DirectoryStore, NeverTouchesForeignFiles) {
  const auto entry = put("content");
  const auto target = directory.write("outside", "outside");
  const std::vector<std::string> strangers{"README.md",
                                           "SYRF-20261122T030004Z.dump",
                                           "atlas-20261122T030004Z.dump",
                                           "atlas-20261122T030004Z.json",
                                           "atlas-20261122T030004Z.dump.tmp",
                                           "dump.tmp",
                                           "syrf-20261122T030004Z.dump.gz",
                                           "syrf-20261199T030004Z.dump",
                                           "syrf-latest.dump",
                                           "syrf-20261122T030004Z.dump.tmp.tmp",
                                           "syrf-20261120T030004Z.json",
                                           "syrf.json"};
  for (const auto& name : strangers) write(name, "a stranger's");
  fs::create_symlink(target, path("syrf-20261101T000000Z.dump"));
  fs::create_symlink(target, path("syrf-20261102T000000Z.dump.tmp"));
  fs::create_symlink(target, path("syrf-20261103T000000Z.json"));
  fs::create_directory(path("syrf-20261104T000000Z.json"));
  const auto before = files();
  EXPECT_THAT(list().strangers, SizeIs(strangers.size() + 4));
  EXPECT_THAT(list().archives, SizeIs(1));
  EXPECT_THAT(list().unfinished, IsEmpty());
  remove_all();
  auto expected = before;
  expected.erase(entry.name);
  expected.erase(archive::sidecar_name(entry.name));
  EXPECT_EQ(files(), expected);
  EXPECT_TRUE(fs::is_symlink(path("syrf-20261101T000000Z.dump")));
  EXPECT_TRUE(fs::is_symlink(path("syrf-20261102T000000Z.dump.tmp")));
  EXPECT_TRUE(fs::is_directory(path("syrf-20261104T000000Z.json")));
  EXPECT_EQ(read_text(target), "outside");
}

TEST_F(DirectoryStore, RemovesNothingThatHasBecomeALink) {
  const auto entry = put("content");
  const auto target = directory.write("outside", "outside");
  auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  fs::remove(path(entry.name));
  fs::create_symlink(target, path(entry.name));
  EXPECT_EQ(error_of([&] { opened->remove(run, "syrf", entry, *lock); }).kind(),
            ErrorKind::refused);
  EXPECT_EQ(read_text(target), "outside");
  EXPECT_EQ(error_of([&] { opened->remove(run, "other", entry, *lock); }).kind(),
            ErrorKind::refused);
}

TEST_F(DirectoryStore, CountsAnArchiveWithoutTheRightSidecarAsDamagedAndKeepsIt) {
  const auto first = put("one"), second = put("two"), third = put("three");
  fs::remove(path(archive::sidecar_name(first.name)));
  fs::copy_file(path(archive::sidecar_name(third.name)), path(archive::sidecar_name(second.name)),
                fs::copy_options::overwrite_existing);
  std::ofstream(path(third.name), std::ios::app) << "more";
  EXPECT_THAT(list().archives, IsEmpty());
  EXPECT_THAT(list().damaged, ElementsAre(first.name, second.name, third.name));
  const auto before = files();
  remove_all();
  EXPECT_EQ(files(), before);
}

TEST_F(DirectoryStore, KeepsArchivesThatClaimToBeFromTheFuture) {
  const auto entry = put("one");
  auto future = entry;
  future.name = "syrf-20990101T000000Z.dump";
  write(future.name, "one");
  write("syrf-20990101T000000Z.json", archive::write_sidecar("syrf", future));
  const auto listing = list();
  ASSERT_THAT(listing.archives, SizeIs(2));
  EXPECT_EQ(listing.archives[1].name, future.name);
}

TEST_F(DirectoryStore, RemovesAbandonedFilesOfInterruptedRuns) {
  const auto entry = put("one");
  auto gone = entry;
  gone.name = "syrf-20260101T000000Z.dump";
  write("syrf-20260101T000000Z.json", archive::write_sidecar("syrf", gone));
  write("syrf-20260102T000000Z.dump.tmp", "half");
  write("syrf-20260102T000000Z.json.tmp", "{");
  fs::create_directories(path("syrf-20260103T000000Z.dump.tmp/syrf"));
  write("syrf-20260103T000000Z.dump.tmp/syrf/a.bson", "half");
  EXPECT_THAT(list().unfinished, SizeIs(4));
  auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  EXPECT_THAT(opened->clear_unfinished(run, "syrf", *lock), SizeIs(4));
  EXPECT_THAT(list().unfinished, IsEmpty());
  EXPECT_THAT(names(), ElementsAre(entry.name, archive::sidecar_name(entry.name)));
}

TEST_F(DirectoryStore, FindsEveryChangedByte) {
  const auto entry = put("content");
  auto opened = store();
  EXPECT_EQ(opened->fetch(run, entry)->path(), path(entry.name));
  write(entry.name, "contenT");
  ASSERT_THAT(list().archives, SizeIs(1));  // of the right size
  const auto error = error_of([&] { opened->fetch(run, entry); });
  EXPECT_EQ(error.kind(), ErrorKind::verification);
  EXPECT_THAT(error.message(), HasSubstr("is damaged"));
  fs::remove(path(entry.name));
  EXPECT_EQ(error_of([&] { opened->prove(run, entry); }).kind(), ErrorKind::not_found);
}

TEST_F(DirectoryStore, RemovesNoArchiveThatIsBeingRead) {
  const auto entry = put("content");
  const auto reader = store(), other = store(), writer = store();
  auto fetched = reader->fetch(run, entry);
  auto shared = other->fetch(run, entry);
  const auto lock = writer->lock(run, "syrf", {});
  const auto error = error_of([&] { writer->remove(run, "syrf", entry, *lock); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.message(), HasSubstr("is being read"));
  writer->amend(run, entry, metadata(), *lock);
  fetched.reset();
  EXPECT_EQ(error_of([&] { writer->remove(run, "syrf", entry, *lock); }).kind(),
            ErrorKind::conflict);
  EXPECT_THAT(list().archives, SizeIs(1));
  shared.reset();
  writer->remove(run, "syrf", entry, *lock);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(error_of([&] { reader->fetch(run, entry); }).kind(), ErrorKind::not_found);
}

TEST_F(DirectoryStore, RemovesNoDirectoryThatIsBeingRead) {
  const auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  auto draft = opened->begin(run, "syrf", clock.now(), *lock);
  fs::create_directory(draft->path());
  std::ofstream(draft->path() / "toc.dat") << "content";
  const auto entry = draft->publish(run, metadata(), "fake");
  auto fetched = opened->fetch(run, entry);
  EXPECT_EQ(error_of([&] { opened->remove(run, "syrf", entry, *lock); }).kind(),
            ErrorKind::conflict);
  EXPECT_TRUE(fs::exists(fetched->path() / "toc.dat"));
  fetched.reset();
  opened->remove(run, "syrf", entry, *lock);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DirectoryStore, AmendsTheMetadataAndNothingElse) {
  const auto entry = put("content");
  auto opened = store();
  auto learnt = entry.metadata;
  learnt.contents[0].checksum = "c0ffee";
  {
    const auto lock = opened->lock(run, "syrf", {});
    opened->amend(run, entry, learnt, *lock);
  }
  ASSERT_THAT(list().archives, SizeIs(1));
  EXPECT_EQ(list().archives[0].metadata.contents[0].checksum, "c0ffee");
  EXPECT_EQ(list().archives[0].sha256, entry.sha256);
  EXPECT_THAT(names(), SizeIs(2));
}

TEST_F(DirectoryStore, AdmitsOneWriterAndNamesIt) {
  auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  const auto error = error_of([&] { store()->lock(run, "syrf", {}); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.message(), HasSubstr("run " + run.id()));
  EXPECT_THAT(error.message(), HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_THAT(error.message(), HasSubstr("since 2026-11-22 03:00:04 UTC"));
  store()->lock(run, "other", {});  // another database's
}

TEST_F(DirectoryStore, WaitsForTheOtherWriterAsLongAsItIsAskedTo) {
  auto lock = store()->lock(run, "syrf", {});
  EXPECT_EQ(error_of([&] { store()->lock(run, "syrf", 3s); }).kind(), ErrorKind::conflict);
  EXPECT_EQ(clock.now().time_since_epoch() % 10s, 7s);
  lock.reset();
  EXPECT_TRUE(store()->lock(run, "syrf", 3s));
}

TEST_F(DirectoryStore, TakesTheLockOfADeadProcess) {
  const auto end = in_child([&] {
    const auto lock = store()->lock(run, "syrf", {});
    ::kill(::getpid(), SIGKILL);
  });
  EXPECT_TRUE(end.killed);
  EXPECT_TRUE(store()->lock(run, "syrf", {}));
}

TEST_F(DirectoryStore, NoticesThatItsLockWasRemoved) {
  auto opened = store();
  const auto lock = opened->lock(run, "syrf", {});
  const auto draft = opened->begin(run, "syrf", clock.now(), *lock);
  std::ofstream(draft->path()) << "x";
  fs::remove(path(".syrf.lock"));
  const auto other = store()->lock(run, "syrf", {});
  EXPECT_EQ(error_of([&] { draft->publish(run, metadata(), "test"); }).kind(), ErrorKind::conflict);
  EXPECT_THAT(list().archives, IsEmpty());
  other->confirm(run);
}

TEST_F(DirectoryStore, IsWrittenByManyAtOnceWithoutLoss) {
  constexpr int k_writers = 3, k_each = 2;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < k_writers; ++writer) {
    writers.emplace_back([this, writer] {
      const RealClock real;
      WitnessedRun own(real);
      for (int i = 0; i < k_each; ++i) {
        auto opened = store();
        const auto lock = opened->lock(own.run, "syrf", 5min);
        const auto draft = opened->begin(own.run, "syrf", real.now(), *lock);
        std::ofstream(draft->path()) << writer << i;
        draft->publish(own.run, metadata(), "test");
      }
    });
  }
  for (auto& writer : writers) writer.join();
  const auto listing = list();
  EXPECT_THAT(listing.archives, SizeIs(k_writers * k_each));
  EXPECT_THAT(listing.damaged, IsEmpty());
  EXPECT_THAT(listing.unfinished, IsEmpty());
  std::set<std::string> contents;
  for (const auto& entry : listing.archives) contents.insert(read_text(path(entry.name)));
  EXPECT_THAT(contents, SizeIs(k_writers * k_each));
}

TEST_F(DirectoryStore, NamesTheOwnerAndTheCommandThatFixesIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  fs::create_directory(place());
  fs::permissions(directory.path(), fs::perms(0755));
  fs::permissions(place(), fs::perms(0755));
  const auto end = in_child([&] { store()->check(run); }, k_nobody);
  EXPECT_EQ(end.code, 1);
  EXPECT_THAT(end.message, HasSubstr("this process is user 65534"));
  EXPECT_THAT(end.message, HasSubstr("belongs to user 0, group 0, mode 0755"));
  EXPECT_THAT(end.message, HasSubstr("'chown 65534 " + place().string() + "'"));
}

TEST_F(DirectoryStore, NamesTheFileThatBelongsToAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  store()->lock(run, "syrf", {});
  fs::permissions(directory.path(), fs::perms(0755));
  fs::permissions(place(), fs::perms(0777));
  const auto end = in_child([&] { store()->lock(run, "syrf", {}); }, k_nobody);
  EXPECT_THAT(end.message, HasSubstr("'chown 65534 " + path(".syrf.lock").string() + "'"));
}

TEST_F(DirectoryStore, NamesTheParentWhereTheDirectoryCannotBeMade) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  fs::permissions(directory.path(), fs::perms(0755));
  const auto end = in_child([&] { store()->check(run); }, k_nobody);
  EXPECT_THAT(end.message, HasSubstr("'chown 65534 " + directory.path().string() + "'"));
}

TEST_F(DirectoryStore, ChecksThatItCanWriteAndLeavesNothing) {
  store()->check(run);
  EXPECT_TRUE(fs::is_directory(place()));
  EXPECT_TRUE(fs::is_empty(place()));
}

TEST_F(DirectoryStore, ChecksEveryStepOfPublishingAndLeavesNothing) {
  std::vector<std::string> steps;
  store([&](std::string_view step) { steps.emplace_back(step); })->check(run);
  steps.erase(steps.begin());  // the directory is made
  EXPECT_THAT(steps, ElementsAre(HasSubstr("probe write"), HasSubstr("probe seal"),
                                 HasSubstr("probe rename"), HasSubstr("probe sync"),
                                 HasSubstr("probe remove")));
  for (const auto& failing : steps) {
    const auto opened = store([&](std::string_view step) {
      if (step == failing) throw Error(ErrorKind::remote, "not here");
    });
    EXPECT_EQ(error_of([&] { opened->check(run); }).kind(), ErrorKind::remote) << failing;
    EXPECT_TRUE(fs::is_empty(place())) << failing;
  }
}

TEST_F(DirectoryStore, AcceptsADirectoryThatCannotBeSynced) {
  EXPECT_NO_THROW(archive::directory::Files("/proc", {}).sync());
}

TEST_F(DirectoryStore, IsNoFile) {
  directory.write("snapshots", "a file");
  EXPECT_EQ(error_of([&] { store()->check(run); }).kind(), ErrorKind::config);
}

TEST_F(DirectoryStore, MayBeReachedThroughALink) {
  fs::create_directory(directory.path() / "real");
  fs::create_directory_symlink(directory.path() / "real", place());
  put("content");
  EXPECT_THAT(list().archives, SizeIs(1));
}

TEST_F(DirectoryStore, SaysTheSizesOfAFullDisk) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can mount a small file system";
  fs::create_directory(place());
  const auto mount = "mount -t tmpfs -o size=64k tmpfs " + place().string();
  if (std::system(mount.c_str()) != 0) GTEST_SKIP() << "no mounts here";  // NOLINT
  const auto error = error_of([&] {
    auto opened = store();
    const auto lock = opened->lock(run, "syrf", {});
    const auto draft = opened->begin(run, "syrf", clock.now(), *lock);
    std::ofstream(draft->path()) << std::string(1U << 20U, 'x');  // as much of it as fits
    draft->publish(run, metadata(), "test");
  });
  EXPECT_EQ(error.kind(), ErrorKind::no_space);
  EXPECT_THAT(error.message(), HasSubstr("of 65.5 kB free"));
  EXPECT_THAT(names(), IsEmpty());
  static_cast<void>(std::system(("umount " + place().string()).c_str()));  // NOLINT
}

}  // namespace
}  // namespace tidegate::test
