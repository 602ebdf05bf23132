// Directories on file systems that lack a part: the system calls defined here take the place of
// libc's in this program, and answer as such a file system does.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "archive/archive.hpp"
#include "support/archive_place.hpp"
#include "support/fake_world.hpp"

namespace {

/// Error numbers that the file system answers; 0: as usual.
struct Answers {
  int fchmod = 0, sync_of_directory = 0, flock = 0, careful_rename = 0, rename = 0;
  bool fchmod_ignored = false;
  mode_t shown = 0;  // by all regular files besides their own permissions
} answers;

bool refused(int number) {
  if (number != 0) errno = number;
  return number != 0;
}

bool is_directory(int descriptor) {
  struct stat facts {};
  return ::fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode);
}

}  // namespace

extern "C" int fchmod(int descriptor, mode_t mode) noexcept {
  if (refused(answers.fchmod)) return -1;
  if (answers.fchmod_ignored) return 0;
  return static_cast<int>(::syscall(SYS_fchmod, descriptor, mode));
}
extern "C" int fstat(int descriptor, struct stat* facts) noexcept {
  const auto result = ::syscall(SYS_newfstatat, descriptor, "", facts, AT_EMPTY_PATH);
  if (result == 0 && S_ISREG(facts->st_mode)) facts->st_mode |= answers.shown;
  return static_cast<int>(result);
}
extern "C" int fsync(int descriptor) {
  if (is_directory(descriptor) && refused(answers.sync_of_directory)) return -1;
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
extern "C" int flock(int descriptor, int operation) noexcept {
  if (refused(answers.flock)) return -1;
  return static_cast<int>(::syscall(SYS_flock, descriptor, operation));
}
extern "C" int renameat2(int from, const char* old_name, int to, const char* new_name,
                         unsigned flags) noexcept {
  if (refused(flags != 0 ? answers.careful_rename : answers.rename)) return -1;
  return static_cast<int>(::syscall(SYS_renameat2, from, old_name, to, new_name, flags));
}
extern "C" int rename(const char* old_name, const char* new_name) noexcept {
  return ::renameat2(AT_FDCWD, old_name, AT_FDCWD, new_name, 0);
}

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class OddFileSystem : public ArchivePlace {
 protected:
  void TearDown() override { answers = {}; }
  /// An archive whose file everyone may read, as pg_dump makes it there.
  void put_wide() {
    const auto old = ::umask(0);
    put("content");
    ::umask(old);
  }
  void put_directory() {
    auto opened = store();
    const auto lock = opened->lock(run, "syrf", {});
    const auto draft = opened->begin(run, "syrf", clock.now(), *lock);
    fs::create_directories(draft->path() / "syrf");
    std::ofstream(draft->path() / "syrf" / "a") << "abc";
    draft->publish(run, metadata(), "test");
  }
  void expect_one_good_archive() {
    ASSERT_THAT(list().archives, SizeIs(1));
    store()->prove(run, list().archives.front());
    EXPECT_THAT(list().unfinished, IsEmpty());
  }
};

TEST_F(OddFileSystem, ArchivesAreWrittenWherePermissionsCannotBeChanged) {
  for (const int number : {EPERM, ENOTSUP, ENOSYS}) {
    SCOPED_TRACE(number);
    answers.fchmod = number;
    fs::remove_all(place());
    put_wide();
    expect_one_good_archive();
    EXPECT_THAT(
        witnessed.progress.steps().back(),
        AllOf(HasSubstr("warning archives: "), HasSubstr("keeps mode 0666 (wanted: 0600)")));
  }
  EXPECT_THAT(witnessed.progress.steps(), SizeIs(3)) << "once for each archive";
}

TEST_F(OddFileSystem, PermissionsThatAreSilentlyKeptAreFoundOut) {
  answers.fchmod_ignored = true;
  put_wide();
  expect_one_good_archive();
  EXPECT_THAT(witnessed.progress.text(), HasSubstr("keeps mode 0666"));
}

TEST_F(OddFileSystem, NothingIsSaidOfPermissionsThatAreNarrowEnough) {
  store()->check(run);
  answers.fchmod = EPERM;
  const auto old = ::umask(0277);  // 0400 is narrower than wanted
  put("content");
  ::umask(old);
  expect_one_good_archive();
  store()->check(run);
  EXPECT_THAT(witnessed.progress.text(), Not(HasSubstr("mode")));
}

TEST_F(OddFileSystem, TheCheckRemarksOnPermissions) {
  put("content");
  auto opened = store();
  opened->check(run);
  EXPECT_THAT(opened->remarks(run), IsEmpty());
  answers.fchmod = EPERM;
  answers.shown = 0755;
  opened->check(run);
  ASSERT_THAT(opened->remarks(run), SizeIs(1));
  EXPECT_THAT(opened->remarks(run).front().text, HasSubstr("keeps mode 0755 (wanted: 0600)"));
  EXPECT_THAT(opened->remarks(run).front().hint, HasSubstr("file_mode=0600"));
}

TEST_F(OddFileSystem, DirectoriesNeedNotBeSynced) {
  for (const int number : {EINVAL, ENOTSUP, ENOSYS, EBADF}) {
    answers.sync_of_directory = number;
    fs::remove_all(place());
    put("content");
    expect_one_good_archive();
    fs::remove_all(place());
    put_directory();
    expect_one_good_archive();
  }
  answers.sync_of_directory = EIO;
  EXPECT_EQ(error_of([&] { store()->check(run); }).kind(), ErrorKind::remote);
}

TEST_F(OddFileSystem, RenamesWithoutReplacingAreDoneByHand) {
  for (const int number : {EINVAL, ENOSYS, ENOTSUP}) {
    answers.careful_rename = number;
    fs::remove_all(place());
    store()->check(run);
    put("content");
    expect_one_good_archive();
  }
}

TEST_F(OddFileSystem, OneThatCannotRenameIsRefusedBeforeAnythingIsWritten) {
  answers.careful_rename = answers.rename = ENOTSUP;
  const auto error = error_of([&] { store()->check(run); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.hint(), HasSubstr("s3://"));
  EXPECT_TRUE(fs::is_empty(place()));
}

TEST_F(OddFileSystem, OneWithoutLocksIsRefusedBecauseTwoRunsWouldMeet) {
  for (const int number : {ENOLCK, ENOTSUP, ENOSYS}) {
    answers.flock = number;
    for (const std::function<void()>& call : std::vector<std::function<void()>>{
             [&] { store()->check(run); }, [&] { store()->lock(run, "syrf", {}); }}) {
      const auto error = error_of(call);
      EXPECT_EQ(error.kind(), ErrorKind::config);
      EXPECT_THAT(error.message(), HasSubstr("cannot lock"));
      EXPECT_THAT(error.hint(), HasSubstr("NFS"));
    }
  }
}

TEST_F(OddFileSystem, ARefusalToTheOwnerIsNotFixedByAnotherOwner) {
  answers.careful_rename = EPERM;
  const auto error = error_of([&] { store()->check(run); });
  EXPECT_EQ(error.kind(), ErrorKind::permission);
  EXPECT_THAT(error.hint(), AllOf(HasSubstr("mount"), Not(HasSubstr("chown"))));
}

}  // namespace
}  // namespace tidegate::test
