#include "engine/postgresql/driver/programs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "support/program.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(ClientVersion, IsReadFromTheOutputOfPgDump) {
  const auto debian = read_version("pg_dump (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n");
  EXPECT_EQ(debian.major, 15);
  EXPECT_EQ(debian.minor, 13);
  EXPECT_EQ(debian.text, "15.13");
  EXPECT_EQ(read_version("pg_dump (PostgreSQL) 17.0\n").minor, 0);
  EXPECT_EQ(read_version("pg_dump (PostgreSQL) 18beta1").major, 18);
  EXPECT_EQ(read_version("pg_dump (PostgreSQL) 18beta1").text, "18beta1");
  EXPECT_EQ(read_version("something else 12").major, 0);
  EXPECT_EQ(read_version("pg_dump (PostgreSQL) devel").major, 0);
  EXPECT_EQ(read_version("").major, 0);
}

TEST(ClientVersion, OrdersByNumbers) {
  EXPECT_LT(read_version("(PostgreSQL) 9.6"), read_version("(PostgreSQL) 15.9"));
  EXPECT_LT(read_version("(PostgreSQL) 15.9"), read_version("(PostgreSQL) 15.13"));
  EXPECT_FALSE(read_version("(PostgreSQL) 17.1") < read_version("(PostgreSQL) 16.9"));
}

struct Folders : public testing::Test {
  // Writes programs that print this version, and fail with this error in all other calls.
  fs::path folder(const std::string& name, const std::string& version,
                  const std::string& complaint = "connection to server failed") {
    const auto path = directory.path() / name;
    fs::create_directories(path);
    for (const auto* program : {"pg_dump", "pg_restore"}) {
      std::ofstream(path / program)
          << "#!/bin/sh\nif [ \"$1\" = --version ]; then echo '" << program << " (PostgreSQL) "
          << version << "'; exit 0; fi\necho '" << complaint << "' >&2; exit 1\n";
      fs::permissions(path / program, fs::perms::owner_all);
    }
    return path;
  }
  test::TempDir directory{"tidegate-programs"};
  RealClock clock;
  test::WitnessedRun witnessed{clock};
  tidegate::Run& run = witnessed.run;
};

TEST_F(Folders, GiveTheNewestPrograms) {
  const auto old = folder("old", "13.1"), newest = folder("new", "15.4"),
             same = folder("same", "15.4");
  const auto found = find_programs(run, {directory.path() / "none", old, newest, same});
  EXPECT_EQ(found.pg_dump, newest / "pg_dump");
  EXPECT_EQ(found.pg_restore, newest / "pg_restore");
  EXPECT_EQ(found.version.text, "15.4");
  EXPECT_FALSE(found.zstd);
}

TEST_F(Folders, AreSkippedWhereOneProgramIsMissing) {
  const auto half = folder("half", "17.1"), whole = folder("whole", "15.4");
  fs::remove(half / "pg_restore");
  EXPECT_EQ(find_programs(run, {half, whole}).pg_dump, whole / "pg_dump");
}

TEST_F(Folders, ReportSupportForZstd) {
  EXPECT_TRUE(find_programs(run, {folder("with", "17.1")}).zstd);
  EXPECT_FALSE(
      find_programs(run, {folder("without", "17.1",
                                 "pg_dump: error: this build does not support compression with "
                                 "zstd")})
          .zstd);
}

TEST_F(Folders, AreAnErrorWithThePackageWhereNoneHasPrograms) {
  try {
    find_programs(run, {directory.path()});
    FAIL() << "found programs in an empty folder";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.hint(), HasSubstr("postgresql-client"));
  }
}

TEST(Programs, MustBeAsNewAsTheServer) {
  Programs programs{"/x/pg_dump", "/x/pg_restore", read_version("(PostgreSQL) 15.13"), false};
  EXPECT_NO_THROW(require_as_new_as(programs, 150'099));
  EXPECT_NO_THROW(require_as_new_as(programs, 130'001));
  try {
    require_as_new_as(programs, 160'000);
    FAIL() << "an older client was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.message(), HasSubstr("PostgreSQL 16, and '/x/pg_dump' is only 15.13"));
    EXPECT_THAT(error.hint(), HasSubstr("postgresql-client-16"));
  }
}

}  // namespace
}  // namespace tidegate::engine::postgresql
