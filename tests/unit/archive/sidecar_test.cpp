#include "archive/sidecar.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "archive/name.hpp"
#include "base/child.hpp"
#include "support/archive_place.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Sidecar : public ArchivePlace {
  archive::Entry entry() const {
    const std::string name = "syrf-20261122T030004Z.dump";
    return {name,      archive::parse_archive_name(name)->taken,
            Bytes{12}, std::string(64, 'a'),
            "test",    metadata()};
  }
};

TEST_F(Sidecar, IsReadBack) {
  const auto text = archive::write_sidecar("syrf", entry());
  const auto read = archive::read_sidecar(text, entry().name, "syrf");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, entry().name);
  EXPECT_EQ(read->taken, entry().taken);
  EXPECT_EQ(read->size, Bytes{12});
  EXPECT_EQ(read->sha256, entry().sha256);
  EXPECT_EQ(read->format, "test");
  EXPECT_EQ(read->metadata.run, run.id());
  EXPECT_EQ(read->metadata.find("pmProject")->definition, "{}");
}

TEST_F(Sidecar, RecordsTheLastDrillOfItsArchive) {
  auto drilled = entry();
  drilled.drilled = drilled.taken + std::chrono::hours(24);
  const auto text = archive::write_sidecar("syrf", drilled);
  EXPECT_THAT(text, HasSubstr(R"("drilled": "2026-11-23T03:00:04)"));
  EXPECT_EQ(archive::read_sidecar(text, drilled.name, "syrf")->drilled, drilled.drilled);
  const auto without = archive::write_sidecar("syrf", entry());
  EXPECT_FALSE(archive::read_sidecar(without, drilled.name, "syrf")->drilled);
}

TEST_F(Sidecar, IsOfOneArchiveAndOneDatabase) {
  const auto text = archive::write_sidecar("syrf", entry());
  EXPECT_FALSE(archive::read_sidecar(text, "syrf-20261122T030005Z.dump", "syrf"));
  EXPECT_FALSE(archive::read_sidecar(text, entry().name, "SYRF"));
  EXPECT_FALSE(
      archive::read_sidecar(archive::write_sidecar("other", entry()), entry().name, "syrf"));
}

TEST_F(Sidecar, RefusesAnythingElse) {
  auto good = Json::parse(archive::write_sidecar("syrf", entry()));
  for (const std::string text : {"", "[]", "null", "{", "{}", R"({"archive": 3})", "\xff\xfe"}) {
    EXPECT_FALSE(archive::read_sidecar(text, entry().name, "syrf")) << text;
  }
  for (const auto* field : {"name", "database", "format", "bytes", "sha256"}) {
    auto lacking = good;
    lacking["archive"].erase(field);
    EXPECT_FALSE(archive::read_sidecar(lacking.dump(), entry().name, "syrf")) << field;
    auto wrong = good;
    wrong["archive"][field] = Json::array();
    EXPECT_FALSE(archive::read_sidecar(wrong.dump(), entry().name, "syrf")) << field;
  }
  auto publishing = good;
  publishing["status"] = "publishing";
  EXPECT_FALSE(archive::read_sidecar(publishing.dump(), entry().name, "syrf"));
  auto timeless = good;
  timeless["timestamp"] = "yesterday";
  EXPECT_FALSE(archive::read_sidecar(timeless.dump(), entry().name, "syrf"));
}

TEST_F(Sidecar, SumsAFileAsSha256sumDoes) {
  const auto path = directory.write("abc", "abc");
  const auto sum = archive::sum_up(run, path);
  EXPECT_EQ(sum.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sum.size, Bytes{3});
  EXPECT_EQ(archive::sum_up(run, directory.write("empty", "")).sha256,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Sidecar, SumsADirectoryAsTheListThatSha256sumPrints) {
  const auto folder = directory.path() / "dump";
  fs::create_directories(folder / "syrf");
  std::ofstream(folder / "syrf" / "b.bson") << std::string(3'000'000, 'x');
  std::ofstream(folder / "syrf" / "a.bson") << "a";
  std::ofstream(folder / "toc") << "";
  const auto printed = run_child(
      {.argv =
           {"sh", "-c",
            "cd " + folder.string() +
                " && find . -type f -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum | sha256sum"},
       .environment = {},
       .out = ChildStream::pipe()},
      60s);
  ASSERT_TRUE(printed.exit.ok());
  const auto sum = archive::sum_up(run, folder);
  EXPECT_EQ(sum.sha256, printed.out.substr(0, 64));
  EXPECT_EQ(sum.size, Bytes{3'000'001});
}

TEST_F(Sidecar, SumsNothingThroughALink) {
  const auto secret = directory.write("secret", "s");
  const auto folder = directory.path() / "dump";
  fs::create_directories(folder);
  fs::create_symlink(secret, folder / "link");
  EXPECT_EQ(error_of([&] { archive::sum_up(run, folder); }).kind(), ErrorKind::verification);
  EXPECT_EQ(error_of([&] { archive::sum_up(run, folder / "link"); }).kind(), ErrorKind::remote);
}

TEST_F(Sidecar, NamesAPathThatCannotBeRead) {
  const auto error = error_of([&] { archive::sum_up(run, directory.path() / "nothing"); });
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_THAT(error.message(), HasSubstr("nothing"));
}

}  // namespace
}  // namespace tidegate::test
