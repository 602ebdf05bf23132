#include "archive/name.hpp"

#include <gtest/gtest.h>

#include "base/utc.hpp"

namespace tidegate::test {
namespace {

using archive::archive_name;
using archive::parse_archive_name;

SystemTime moment(std::string_view text) { return parse_rfc3339(text).value(); }

TEST(ArchiveName, IsTheDatabaseAndTheMomentToTheSecond) {
  EXPECT_EQ(archive_name("atlas", moment("2026-11-22T03:00:04.999Z")),
            "atlas-20261122T030004Z.dump");
}

TEST(ArchiveName, HasItsSidecarBeside) {
  EXPECT_EQ(archive::sidecar_name("atlas-20261122T030004Z.dump"), "atlas-20261122T030004Z.json");
}

TEST(ArchiveName, EncodesEveryOtherCharacter) {
  EXPECT_EQ(archive::encoded("a/b c%\xc3\xa9\n"), "a%2Fb%20c%25%C3%A9%0A");
  EXPECT_EQ(archive::encoded("../x"), "..%2Fx");
  EXPECT_EQ(archive::encoded("Atlas_1.2-b"), "Atlas_1.2-b");
}

TEST(ArchiveName, IsReadBack) {
  for (const std::string database :
       {"atlas", "a-20261122T030004Z", "a/b c%", "\xc3\xa9", "-", "."}) {
    const auto taken = moment("2026-02-28T23:59:59Z");
    const auto parsed = parse_archive_name(archive_name(database, taken));
    ASSERT_TRUE(parsed) << database;
    EXPECT_EQ(parsed->database, database);
    EXPECT_EQ(parsed->taken, taken);
  }
}

TEST(ArchiveName, IsExactlyOfTheForm) {
  for (const std::string_view name : {"",
                                      ".dump",
                                      "-20261122T030004Z.dump",
                                      "atlas-20261122T030004Z",
                                      "atlas-20261122T030004Z.tmp",
                                      "atlas-20261122T030004Z.dump.tmp",
                                      "atlas-20261122T030004Z.DUMP",
                                      "atlas-20261122t030004Z.dump",
                                      "atlas-20261122T030004.dump",
                                      "atlas20261122T030004Z.dump",
                                      "atlas-20261132T030004Z.dump",
                                      "atlas-20260229T030004Z.dump",
                                      "atlas-20261122T240004Z.dump",
                                      "atlas-20261122T030060Z.dump",
                                      "atlas-2026112aT030004Z.dump",
                                      "a b-20261122T030004Z.dump",
                                      "a%2f-20261122T030004Z.dump",
                                      "a%61-20261122T030004Z.dump",
                                      "a%2-20261122T030004Z.dump",
                                      "a%-20261122T030004Z.dump",
                                      "atlas-+0261122T030004Z.dump"}) {
    EXPECT_FALSE(parse_archive_name(name)) << name;
  }
}

}  // namespace
}  // namespace tidegate::test
