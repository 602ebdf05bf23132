#include "engine/mongodb/seed/seed_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"
#include "support/program.hpp"

namespace tidegate::engine::mongodb {
namespace {

using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;

class SeedFiles : public testing::Test {
 protected:
  std::vector<std::string> documents(const std::string& text) {
    const SeedFile file{directory_.write("a.json", text), "a", SeedFile::Form::json};
    std::vector<std::string> found;
    each_document(file, [&](ByteView bytes) {
      bson_t view;
      ASSERT_TRUE(bson_init_static(&view, bytes.data(), bytes.size()));
      found.push_back(Bson::copy_of(&view).relaxed_json());
    });
    return found;
  }
  test::TempDir directory_;
};

TEST_F(SeedFiles, GiveDocumentsOfAnArrayAndOnesInARow) {
  EXPECT_EQ(documents("[{\"_id\": 1}, {\"_id\": 2}]").size(), 2U);
  EXPECT_EQ(
      documents("\n {\"_id\": 1}\n{\"_id\": {\"$oid\": \"5f0000000000000000000001\"}}\n").size(),
      2U);
  EXPECT_EQ(documents("").size(), 0U);
  EXPECT_EQ(documents("[]").size(), 0U);
}

TEST_F(SeedFiles, SayWhatIsWrongAndWhere) {
  for (const auto* text : {"{\"_id\": 1", "[{\"a\": 1}, 3]", "[{]", "nonsense"}) {
    const auto error = error_of([&] { documents(text); });
    EXPECT_EQ(error.kind(), ErrorKind::config) << text;
    EXPECT_THAT(error.message(), HasSubstr("a.json")) << text;
  }
}

TEST_F(SeedFiles, AreThoseOfADirectoryInOrder) {
  for (const auto* name : {"b.json", "a.bson.gz", "a.metadata.json", "a%2Fb.bson", "README.md"}) {
    directory_.write(name, "");
  }
  std::vector<std::string> others;
  std::vector<std::string> found;
  for (const auto& file : seed_files(directory_.path(), others)) {
    found.push_back(file.collection + " " + file.path.extension().string());
  }
  EXPECT_THAT(found, ElementsAre("a .json", "a .gz", "a/b .bson", "b .json"));
  EXPECT_THAT(others, ElementsAre("README.md"));
}

TEST_F(SeedFiles, MustBeThere) {
  std::vector<std::string> others;
  EXPECT_EQ(error_of([&] { seed_files(directory_.path(), others); }).kind(), ErrorKind::config);
  EXPECT_EQ(error_of([&] { seed_files(directory_.path() / "x", others); }).kind(),
            ErrorKind::config);
}

}  // namespace
}  // namespace tidegate::engine::mongodb
