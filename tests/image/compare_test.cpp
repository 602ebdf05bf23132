// Two images that differ are told apart, and what differs is named.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/places.hpp"
#include "support/program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ImageComparison : public testing::Test {
 protected:
  fs::path tool(const char* name) const { return source_directory() / name; }

  /// Of a root with two files.
  void SetUp() override {
    for (const auto* root : {"one", "other"}) {
      fs::create_directories(directory_.path() / root / "etc");
      directory_.write(std::string(root) + "/etc/name", "tidegate\n");
      directory_.write(std::string(root) + "/etc/zone", "UTC\n");
    }
  }

  fs::path at(const char* name) const { return directory_.path() / name; }

  /// Every time in them is the same.
  fs::path packed(const std::string& root, const char* epoch) const {
    for (const auto& each : fs::recursive_directory_iterator(at(root.c_str()))) {
      fs::last_write_time(each.path(), fs::file_time_type{});
    }
    const auto out = at((root + ".tar").c_str());
    const auto outcome =
        run({.argv = {tool("packaging/oci_image.py"), at(root.c_str()), "image:latest", out},
             .env = {{"SOURCE_DATE_EPOCH", epoch}}},
            directory_.path());
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
    return out;
  }

  Outcome compare(const char* epoch_of_other = "0") const {
    return run({.argv = {tool("tools/dev/compare_images.py"), packed("one", "0"),
                         packed("other", epoch_of_other)}},
               directory_.path());
  }

  TempDir directory_{"compare"};
};

TEST_F(ImageComparison, FindsNothingBetweenEqualRoots) {
  const auto outcome = compare();
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_THAT(outcome.out, HasSubstr("layers sha256:"));
}

TEST_F(ImageComparison, NamesAFileWithOtherContents) {
  directory_.write("other/etc/name", "tidegatE\n");
  const auto outcome = compare();
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("etc/name: contents differ from byte 7 on"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("etc/zone")));
}

TEST_F(ImageComparison, NamesAFileWithOtherRightsAndOneThatIsMissing) {
  fs::permissions(at("one/etc/name"), fs::perms{0600});
  fs::permissions(at("other/etc/name"), fs::perms{0644});
  fs::remove(at("other/etc/zone"));
  const auto outcome = compare();
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_THAT(outcome.err, HasSubstr("etc/name: mode is 0o600 and 0o644"));
  EXPECT_THAT(outcome.err, HasSubstr("etc/zone: only in the first"));
}

TEST_F(ImageComparison, NamesTheTimeOfWhatIsAroundTheFiles) {
  const auto outcome = compare("86400");
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_THAT(outcome.err,
              HasSubstr("configuration: created is 1970-01-01T00:00:00Z and 1970-01-02"));
}

}  // namespace
}  // namespace tidegate::test
