// The content of the images, and what must not be in them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "support/image.hpp"
#include "support/places.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ImageContent : public testing::TestWithParam<const char*> {};

/// By how they got into the image.
std::map<std::string, std::set<std::string>> materials(const Image& image) {
  std::map<std::string, std::set<std::string>> told;
  const auto path = image.root() / "usr/share/tidegate/sbom.cdx.json";
  const auto document = Json::parse(read_text(path));
  for (const auto& component : document.at("components")) {
    if (component.at("type") != "library") continue;
    told[component.at("properties").at(0).at("value")].insert(component.at("name"));
  }
  return told;
}

std::time_t made(const Image& image) {
  struct stat facts {};
  ::stat((image.root() / "usr/local/bin/tidegate").c_str(), &facts);
  return facts.st_mtime;
}

TEST_P(ImageContent, HasNoShellAndNoPackageManager) {
  TIDEGATE_NEEDS_IMAGE(image, GetParam());
  for (const auto* name : {"sh", "bash", "dash", "busybox", "apt", "dpkg", "perl", "python3"}) {
    for (const auto* folder : {"usr/bin", "usr/sbin", "usr/local/bin"}) {
      EXPECT_FALSE(fs::exists(image->root() / folder / name)) << folder << '/' << name;
    }
  }
  for (const auto& each : fs::recursive_directory_iterator(image->root())) {
    if (each.is_symlink() || each.is_directory()) continue;
    const auto privileged = each.status().permissions() & (fs::perms::set_uid | fs::perms::set_gid);
    EXPECT_EQ(privileged, fs::perms::none) << each.path();
  }
}

TEST_P(ImageContent, HasCertificatesTimeZonesAndTheLicences) {
  TIDEGATE_NEEDS_IMAGE(image, GetParam());
  EXPECT_THAT(read_text(image->root() / "etc/ssl/certs/ca-certificates.crt"),
              HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_TRUE(fs::exists(image->root() / "usr/share/zoneinfo/Europe/Berlin"));
  EXPECT_TRUE(fs::exists(image->root() / "usr/share/doc/libmongoc-1.0-0t64/copyright"));
}

TEST_P(ImageContent, IsSaidInItsBillOfMaterials) {
  TIDEGATE_NEEDS_IMAGE(image, GetParam());
  const auto told = materials(*image);
  std::set<std::string> there;
  for (const auto& each : fs::directory_iterator(image->root() / "var/lib/dpkg/status.d")) {
    there.insert(each.path().filename());
  }
  EXPECT_EQ(told.at("in the image"), there);
  EXPECT_THAT(there, testing::IsSupersetOf({"libc6", "ca-certificates", "tzdata"}));
  EXPECT_THAT(told.at("compiled into the program"), testing::Contains("nlohmann-json3-dev"));
}

TEST_P(ImageContent, PacksToTheSameBytesAgain) {
  TIDEGATE_NEEDS_IMAGE(image, GetParam());
  TempDir directory("packed");
  const auto again = directory.path() / "again.tar";
  // From what was unpacked, so the owners and times are the image's own.
  const auto outcome = run({.argv = {source_directory() / "packaging/oci_image.py", image->root(),
                                     std::string(GetParam()) + ":latest", again},
                            .env = {{"SOURCE_DATE_EPOCH", std::to_string(made(*image))}}},
                           directory.path());
  ASSERT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_TRUE(read_text(again) == read_text(image->packed()));
}

INSTANTIATE_TEST_SUITE_P(Both, ImageContent, testing::Values("tidegate", "tidegate-mongodb"),
                         [](const auto& variant) {
                           return std::string(variant.param) == "tidegate" ? "Postgresql"
                                                                           : "Mongodb";
                         });

TEST(ImageContentOfVariants, DiffersInPostgresqlsClient) {
  TIDEGATE_NEEDS_IMAGE(with, "tidegate");
  TIDEGATE_NEEDS_IMAGE(without, "tidegate-mongodb");
  for (const auto* name : {"pg_dump", "pg_restore", "psql"}) {
    EXPECT_TRUE(fs::exists(with->root() / "usr/lib/postgresql/17/bin" / name)) << name;
  }
  EXPECT_FALSE(fs::exists(without->root() / "usr/lib/postgresql"));
  EXPECT_LT(fs::file_size(without->packed()), fs::file_size(with->packed()));
}

TEST(ImageContentOfVariants, AreSmall) {
  TIDEGATE_NEEDS_IMAGE(with, "tidegate");
  EXPECT_LT(fs::file_size(with->packed()), 50'000'000U);
}

}  // namespace
}  // namespace tidegate::test
