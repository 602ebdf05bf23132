#include "engine/mongodb/seed/seed_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/mongodb/archive/archive_files.hpp"
#include "engine/mongodb/seed/seed_documents.hpp"
#include "support/fake_world.hpp"
#include "support/program.hpp"

namespace tidegate::engine::mongodb {
namespace {

using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SeedFiles : public testing::Test {
 protected:
  std::vector<std::string> documents_of(const SeedFile& file) {
    std::vector<std::string> found;
    each_document(file, [&](ByteView bytes) {
      bson_t view;
      EXPECT_TRUE(bson_init_static(&view, bytes.data(), bytes.size()));
      found.push_back(Bson::copy_of(&view).relaxed_json());
      return true;
    });
    return found;
  }
  std::vector<std::string> documents(const std::string& text) {
    return documents_of({directory_.write("a.json", text), "a", SeedFile::Form::json});
  }
  void write_bson(const std::string& name, const Bson& document) {
    directory_.write(
        name, {reinterpret_cast<const char*>(bson_get_data(document.raw())), document.raw()->len});
  }
  void write_compressed(const std::string& name, const std::string& text, Compression compression) {
    FileWriter file(directory_.path() / name, compression);
    file.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    file.finish();
  }
  /// `collection.extension` of each, and the names of the others in `others_`.
  std::vector<std::string> found() {
    others_.clear();
    std::vector<std::string> names;
    for (const auto& file : seed_files(directory_.path(), others_)) {
      names.push_back(file.collection + " " + file.path.extension().string());
    }
    return names;
  }
  std::vector<std::string> others_;
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
  EXPECT_THAT(found(), ElementsAre("a .json", "a .gz", "a/b .bson", "b .json"));
  EXPECT_THAT(others_, ElementsAre("README.md"));
}

TEST_F(SeedFiles, AreNotWhatMongodumpWritesBesidesCollections) {
  const auto prelude = R"({"ServerVersion": "7.0.14", "ToolVersion": "100.10.0"})";
  directory_.write("prelude.json", prelude);
  write_compressed("prelude.json.gz", prelude, Compression::gzip);
  write_bson("oplog.bson", doc("op", "n", "ns", "", "ts", ClusterTime{7, 1}));
  for (const auto* name : {"system.js.bson", "system.views.metadata.json",
                           "$admin.system.users.bson", "%24admin.system.roles.bson.gz"}) {
    directory_.write(name, "");
  }
  directory_.write("users.metadata.json", "{}");
  EXPECT_THAT(found(), ElementsAre("users .json"));
  EXPECT_EQ(others_.size(), 7U);
}

TEST_F(SeedFiles, AreCollectionsOfTheseNamesWhereTheyHoldDocuments) {
  directory_.write("prelude.json", R"({"_id": 1, "ServerVersion": "a", "ToolVersion": "b"})");
  write_bson("oplog.bson", doc("_id", 1, "op", "n", "ns", "", "ts", 3));
  directory_.write("system.buckets.weather.bson", "");  // is data, and refused when it is loaded
  EXPECT_THAT(found(), ElementsAre("oplog .bson", "prelude .json", "system.buckets.weather .bson"));
  EXPECT_THAT(others_, IsEmpty());
}

TEST_F(SeedFiles, AreReadHoweverTheyAreCompressed) {
  const std::string metadata = R"({"options": {}, "indexes": [{"name": "x_1"}]})";
  write_compressed("a.metadata.json.gz", metadata, Compression::gzip);
  write_compressed("b.metadata.json.zst", metadata, Compression::zstd);
  write_compressed("c.json.gz", "{\"_id\": 1}\n{\"_id\": 2}\n", Compression::gzip);
  write_compressed("d.json.zst", "[{\"_id\": 1}]", Compression::zstd);
  const auto files = seed_files(directory_.path(), others_);
  ASSERT_EQ(files.size(), 4U);
  EXPECT_EQ(read_seed_metadata(files[0]).documents("indexes").size(), 1U);
  EXPECT_EQ(read_seed_metadata(files[1]).documents("indexes").size(), 1U);
  EXPECT_EQ(documents_of(files[2]).size(), 2U);
  EXPECT_EQ(documents_of(files[3]).size(), 1U);
}

TEST_F(SeedFiles, ThatEndTooEarlyAreNamed) {
  write_compressed("c.json.gz", "{\"_id\": 1}\n", Compression::gzip);
  std::filesystem::resize_file(directory_.path() / "c.json.gz", 12);
  const auto error =
      error_of([&] { documents_of(seed_files(directory_.path(), others_).front()); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("c.json.gz"));
}

TEST_F(SeedFiles, MayBeLinksAsThoseOfAMountedVolumeAre) {
  test::TempDir elsewhere;
  std::filesystem::create_symlink(elsewhere.write("data", "{\"_id\": 1}"),
                                  directory_.path() / "a.json");
  EXPECT_EQ(documents_of(seed_files(directory_.path(), others_).front()).size(), 1U);
}

TEST_F(SeedFiles, OfLongNamesAreNamedByTheirMetadata) {
  const std::string name(240, 'x');
  const auto stem = file_stem(name);
  ASSERT_LT(stem.size(), name.size());
  directory_.write(stem + ".bson", "");
  EXPECT_THAT(error_of([&] { found(); }).message(), HasSubstr("its name was cut"));
  directory_.write(stem + ".metadata.json", R"({"collectionName": ")" + name + R"("})");
  EXPECT_THAT(found(), ElementsAre(name + " .json", name + " .bson"));
}

TEST_F(SeedFiles, AreNotTheDirectoryOfSeveralDatabases) {
  std::filesystem::create_directory(directory_.path() / "shop");
  write_bson("oplog.bson", doc("op", "n", "ns", "", "ts", ClusterTime{7, 1}));
  const auto error = error_of([&] { found(); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("only directories ('shop')"));
  EXPECT_THAT(error.hint(), HasSubstr("/shop'"));
}

TEST_F(SeedFiles, MustBeThere) {
  std::vector<std::string> others;
  EXPECT_EQ(error_of([&] { seed_files(directory_.path(), others); }).kind(), ErrorKind::config);
  EXPECT_EQ(error_of([&] { seed_files(directory_.path() / "x", others); }).kind(),
            ErrorKind::config);
}

}  // namespace
}  // namespace tidegate::engine::mongodb
