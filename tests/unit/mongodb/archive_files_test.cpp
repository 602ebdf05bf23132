#include "engine/mongodb/archive/archive_files.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "support/program.hpp"

namespace tidegate::engine::mongodb {
namespace {

using test::TempDir;
using testing::HasSubstr;
namespace fs = std::filesystem;

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string bytes_of(const Bson& document) {
  return {reinterpret_cast<const char*>(bson_get_data(document.raw())), document.raw()->len};
}

std::string message_of(const std::function<void()>& what, ErrorKind kind) {
  try {
    what();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.message();
    return error.message();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

/// As damage does: nothing below this program's own code writes it.
void overwrite(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

void write(const fs::path& path, Compression compression, const std::string& text) {
  FileWriter file(path, compression);
  file.write(bytes_of(text));
  file.finish();
}

std::vector<std::string> documents_in(const fs::path& path, Compression compression) {
  DocumentReader reader(path, compression);
  std::vector<std::string> found;
  while (const auto each = reader.next()) found.emplace_back(each->begin(), each->end());
  return found;
}

TEST(FileStem, IsTheNameWhereThatCanBeAFileName) {
  EXPECT_EQ(file_stem("pmStudy"), "pmStudy");
  EXPECT_EQ(file_stem("a.b-c_d~e"), "a.b-c_d~e");
  EXPECT_EQ(file_stem("$&+:=@"), "$&+:=@");
}

TEST(FileStem, IsPercentEncodedAsMongodumpDoes) {
  EXPECT_EQ(file_stem("with space"), "with%20space");
  EXPECT_EQ(file_stem("../../etc/passwd"), "..%2F..%2Fetc%2Fpasswd");
  EXPECT_EQ(file_stem("Grüße"), "Gr%C3%BC%C3%9Fe");
  EXPECT_EQ(file_stem("%41"), "%2541");
  EXPECT_EQ(file_stem("a|b*c?;,'\"()!"), "a%7Cb%2Ac%3F%3B%2C%27%22%28%29%21");
  EXPECT_EQ(file_stem(std::string("a\0\n", 3)), "a%00%0A");
}

// sha1("n" * 239), urlsafe base64 without padding, computed with Python.
TEST(FileStem, IsCutAsMongodumpDoesWhereItIsTooLong) {
  EXPECT_EQ(file_stem(std::string(238, 'n')), std::string(238, 'n'));
  EXPECT_EQ(file_stem(std::string(239, 'n')),
            std::string(208, 'n') + "%24" + "KlE1B8w-hZ88ofC8BT2w5nPt7Ws");
  const std::string umlauts = "\xC3\xA4";
  std::string long_name;
  for (int i = 0; i < 100; ++i) long_name += umlauts;
  EXPECT_EQ(file_stem(long_name).size(), 238U);
  EXPECT_THAT(file_stem(long_name), HasSubstr("%24ZRljPQEcFXOL3RydSPnxUb1Htz0"));
}

TEST(ArchiveFiles, EndAsTheirCompressionSays) {
  const fs::path directory("/x/db");
  EXPECT_EQ((ArchiveFiles{directory, Compression::none}.documents("a")), "/x/db/a.bson");
  EXPECT_EQ((ArchiveFiles{directory, Compression::gzip}.documents("a")), "/x/db/a.bson.gz");
  EXPECT_EQ((ArchiveFiles{directory, Compression::zstd}.documents("a")), "/x/db/a.bson.zst");
  EXPECT_EQ((ArchiveFiles{directory, Compression::gzip}.metadata("a")), "/x/db/a.metadata.json.gz");
  EXPECT_EQ(decided(Compression::automatic), Compression::zstd);
}

TEST(MetadataJson, IsWhatMongorestoreReads) {
  const Definition definition{"collection",
                              doc("capped", true, "size", std::int64_t{4096}),
                              {doc("v", 2, "key", doc("_id", 1), "name", "_id_")}};
  EXPECT_EQ(test::Json::parse(metadata_json(definition, "log", "00ff")), test::Json::parse(R"({
    "options": {"capped": true, "size": {"$numberLong": "4096"}},
    "indexes": [{"v": {"$numberInt": "2"}, "key": {"_id": {"$numberInt": "1"}}, "name": "_id_"}],
    "uuid": "00ff", "collectionName": "log", "type": "collection"})"));
}

class StreamOfDocuments : public testing::TestWithParam<Compression> {
 protected:
  fs::path path() const { return directory_.path() / "x.bson"; }
  std::string read_with_error() const {
    return message_of([&] { documents_in(path(), GetParam()); }, ErrorKind::verification);
  }
  TempDir directory_{"documents"};
};

TEST_P(StreamOfDocuments, BringsThemBackByteForByte) {
  std::vector<std::string> documents;
  for (int i = 0; i < 3000; ++i) {
    documents.push_back(
        bytes_of(doc("_id", i, "text", std::string(static_cast<std::size_t>(i), 'x').c_str())));
  }
  documents.push_back(bytes_of(doc("text", std::string_view(std::string(15'900'000, 'y')))));
  documents.push_back(bytes_of(Bson()));
  {
    FileWriter file(path(), GetParam());
    for (const auto& each : documents) file.write(bytes_of(each));
    file.finish();
  }
  EXPECT_TRUE(documents_in(path(), GetParam()) == documents);
}

TEST_P(StreamOfDocuments, MayBeEmpty) {
  write(path(), GetParam(), "");
  EXPECT_TRUE(documents_in(path(), GetParam()).empty());
}

TEST_P(StreamOfDocuments, BegunAnewHoldsOnlyWhatCameAfterwards) {
  const auto document = bytes_of(doc("_id", 1));
  FileWriter file(path(), GetParam());
  file.write(bytes_of(std::string(1'000'000, 'z')));
  file.restart();
  file.write(bytes_of(document));
  file.finish();
  EXPECT_EQ(documents_in(path(), GetParam()), std::vector{document});
}

TEST_P(StreamOfDocuments, CutOffAnywhereIsDamaged) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += bytes_of(doc("_id", i));
  const auto document = text.size() / 20;
  write(path(), GetParam(), text);
  const auto whole = test::read_text(path());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // Between two documents of a plain file only the checksum knows.
    if (GetParam() == Compression::none && length % document == 0) continue;
    overwrite(path(), whole.substr(0, length));
    EXPECT_THAT(read_with_error(), HasSubstr("'x.bson'")) << length;
  }
}

TEST_P(StreamOfDocuments, RefusesLengthsThatCannotBe) {
  for (const std::string& head :
       {std::string("\x04\0\0\0", 4), std::string("\0\0\0\0", 4),
        std::string("\xFF\xFF\xFF\xFF", 4), std::string("\0\0\0\x02", 4)}) {
    fs::remove(path());
    write(path(), GetParam(), bytes_of(doc("_id", 1)) + head + std::string(100, '\0'));
    EXPECT_THAT(read_with_error(), HasSubstr("document 2"));
  }
}

TEST_P(StreamOfDocuments, RefusesADocumentWithoutItsEnd) {
  auto text = bytes_of(doc("_id", 1));
  text.back() = 'x';
  write(path(), GetParam(), text);
  EXPECT_THAT(read_with_error(), HasSubstr("document 1 is no BSON"));
}

INSTANTIATE_TEST_SUITE_P(Each, StreamOfDocuments,
                         testing::Values(Compression::zstd, Compression::gzip, Compression::none),
                         [](const auto& each) { return std::string(name_of(each.param)); });

TEST(FileReader, FollowsNoLinkAndWaitsForNoPipe) {
  const TempDir directory("reader");
  const auto real = directory.write("real", "text");
  const auto link = directory.path() / "link";
  fs::create_symlink(real, link);
  const auto open = [](const fs::path& path) {
    return message_of([&] { FileReader(path, Compression::none); }, ErrorKind::verification);
  };
  EXPECT_THAT(open(link), HasSubstr("it is a link"));
  ASSERT_EQ(::mkfifo((directory.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(open(directory.path() / "pipe"), HasSubstr("no regular file"));
  EXPECT_THAT(open(directory.path()), HasSubstr("no regular file"));
  EXPECT_THAT(open(directory.path() / "gone"), HasSubstr("missing"));
}

TEST(FileWriter, OverwritesNothing) {
  const TempDir directory("writer");
  const auto path = directory.write("x", "mine");
  EXPECT_THROW(FileWriter(path, Compression::none), Error);
  EXPECT_EQ(test::read_text(path), "mine");
}

TEST(FileWriter, SaysHowMuchWasWrittenAndIsFreeWhereTheDiskIsFull) {
  const TempDir directory("full");
  if (::mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
    GTEST_SKIP() << "a small file system takes the right to mount one";
  }
  const auto words = message_of(
      [&] {
        FileWriter file(directory.path() / "x.bson", Compression::none);
        for (int i = 0; i < 40; ++i) file.write(bytes_of(std::string(100'000, 'x')));
        file.finish();
      },
      ErrorKind::no_space);
  EXPECT_EQ(::umount2(directory.path().c_str(), MNT_DETACH), 0);
  EXPECT_THAT(words, HasSubstr("x.bson"));
  EXPECT_THAT(words, HasSubstr("of it are written"));
  EXPECT_THAT(words, HasSubstr("0 B are free"));
}

/// An archive of two collections and a view, as dump() makes it.
class OpenArchive : public testing::Test {
 protected:
  void SetUp() override {
    recorded_.source = "shop";
    make_directory(archive());
    make_directory(files_.directory);
    for (const auto* name : {"orders", "odd/name"}) add(name, "collection");
    add("low", "view");
  }
  fs::path archive() const { return directory_.path() / "archive"; }
  void add(const std::string& name, const std::string& type) {
    const Definition definition{
        type, type == "view" ? doc("viewOn", "orders", "pipeline", Bson()) : Bson(),
        type == "view" ? std::vector<Bson>{}
                       : std::vector{doc("v", 2, "key", doc("_id", 1), "name", "_id_")}};
    Content content;
    content.name = name;
    content.type = type;
    content.definition = definition.text();
    recorded_.contents.push_back(content);
    write(files_.metadata(name), files_.compression, metadata_json(definition, name, "00"));
    if (type != "view") write(files_.documents(name), files_.compression, "");
  }
  std::string refused() const {
    return message_of([&] { open_archive(archive(), recorded_); }, ErrorKind::verification);
  }

  TempDir directory_{"archive"};
  Metadata recorded_;
  ArchiveFiles files_{archive() / "shop", Compression::zstd};
};

TEST_F(OpenArchive, TellsWhereTheFilesAre) {
  const auto files = open_archive(archive(), recorded_);
  EXPECT_EQ(files.compression, Compression::zstd);
  EXPECT_EQ(files.directory, archive() / "shop");
}

TEST_F(OpenArchive, RefusesAMissingFile) {
  fs::remove(files_.documents("odd/name"));
  EXPECT_THAT(refused(), HasSubstr("'odd%2Fname.bson.zst'"));
}

TEST_F(OpenArchive, RefusesAFileThatNobodyKnows) {
  overwrite(files_.directory / "more.bson.zst", "");
  EXPECT_THAT(refused(), HasSubstr("'more.bson.zst'"));
  fs::remove(files_.directory / "more.bson.zst");
  overwrite(archive() / "oplog.bson", "");
  EXPECT_THAT(refused(), HasSubstr("'oplog.bson'"));
  fs::remove(archive() / "oplog.bson");
  make_directory(archive() / "admin");
  EXPECT_THAT(refused(), HasSubstr("'admin'"));
}

TEST_F(OpenArchive, RefusesAnotherDatabase) {
  recorded_.source = "bank";
  EXPECT_THAT(refused(), HasSubstr("'shop'"));
  for (const auto* path : {"..", ".", "../archive/shop", ""}) {
    recorded_.source = path;
    refused();
  }
}

TEST_F(OpenArchive, RefusesALinkInPlaceOfTheDirectory) {
  fs::rename(files_.directory, directory_.path() / "elsewhere");
  fs::create_symlink(directory_.path() / "elsewhere", files_.directory);
  EXPECT_THAT(refused(), HasSubstr("'shop'"));
}

TEST_F(OpenArchive, RefusesDefinitionsOtherThanTheRecordedOnes) {
  const auto path = files_.metadata("orders");
  for (const char* text : {"", "nonsense", "[]", "{}", R"({"options": {"capped": true}})"}) {
    fs::remove(path);
    write(path, Compression::zstd, text);
    EXPECT_THAT(refused(), HasSubstr("'orders.metadata.json.zst'")) << text;
  }
  overwrite(path, "no zstd");
  EXPECT_THAT(refused(), HasSubstr("'orders.metadata.json.zst'"));
}

TEST_F(OpenArchive, RefusesFilesCompressedInAnotherWayThanTheOthers) {
  fs::rename(files_.documents("orders"), files_.directory / "orders.bson");
  refused();
}

}  // namespace
}  // namespace tidegate::engine::mongodb
