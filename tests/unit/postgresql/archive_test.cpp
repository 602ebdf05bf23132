#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.hpp"
#include "engine/postgresql/archive/listing.hpp"
#include "engine/postgresql/driver/options.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Relation table(const std::string& quoted, char kind = 'r') {
  Relation relation;
  relation.name = relation.quoted = quoted;
  relation.kind = kind;
  return relation;
}

Programs client(int major, bool zstd) {
  return {"/x/pg_dump", "/x/pg_restore", {major, 1, std::to_string(major) + ".1"}, zstd};
}

TEST(Options, MatchExactlyOneTable) {
  EXPECT_EQ(pattern_of(table("public.users")), R"("public"."users")");
  EXPECT_EQ(pattern_of(table(R"("Sales 2026"."or""der.s*")")), R"("Sales 2026"."or""der.s*")");
  EXPECT_EQ(plain_name(table(R"("a.b"."c""d")")).schema, "a.b");
  EXPECT_EQ(plain_name(table(R"("a.b"."c""d")")).name, "c\"d");
}

TEST(Options, CompressAsTheClientCan) {
  DumpOptions options;
  options.path = "/snapshots/a";
  EXPECT_THAT(dump_arguments(client(17, true), options), Contains("--compress=zstd"));
  EXPECT_THAT(dump_arguments(client(15, false), options), Contains("--compress=1"));
  options.compression = Compression::gzip;
  EXPECT_THAT(dump_arguments(client(17, true), options), Contains("--compress=6"));
  options.compression = Compression::none;
  EXPECT_THAT(dump_arguments(client(17, true), options), Contains("--compress=0"));
  options.compression = Compression::zstd;
  try {
    dump_arguments(client(15, false), options);
    FAIL() << "a client without zstd accepted zstd";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
  }
}

TEST(Options, AskForJobsOnlyWhereTheFormHasThem) {
  DumpOptions options;
  options.path = "/snapshots/a";
  options.parallel = 4;
  EXPECT_THAT(dump_arguments(client(15, false), options), Not(Contains("--jobs=4")));
  options.form = ArchiveForm::directory;
  EXPECT_THAT(dump_arguments(client(15, false), options), Contains("--jobs=4"));
}

TEST(Options, LeaveTablesAndLargeObjectsOut) {
  DumpOptions options;
  options.snapshot = "00000003-1";
  options.left_out = {table("public.\"A b\""), table("", 'L')};
  const auto arguments = dump_arguments(client(15, false), options);
  EXPECT_THAT(arguments, Contains("--exclude-table=\"public\".\"A b\""));
  EXPECT_THAT(arguments, Contains("--no-blobs"));
  EXPECT_THAT(arguments, Contains("--snapshot=00000003-1"));
  EXPECT_THAT(arguments, Contains("--no-password"));
}

TEST(Options, LoadAsTheRequestedRole) {
  LoadOptions options;
  options.path = "/snapshots/a";
  options.role = "the app";
  options.owners = false;
  options.parallel = 3;
  const auto arguments = load_arguments(options);
  for (const auto* each : {"--role=the app", "--no-owner", "--jobs=3", "--exit-on-error"}) {
    EXPECT_THAT(arguments, Contains(each));
  }
  EXPECT_EQ(arguments.back(), "/snapshots/a");
  EXPECT_THAT(load_arguments({}), Not(Contains(HasSubstr("--jobs"))));
}

constexpr auto k_list = R"(;
; Archive created at 2026-11-23 03:00:00 UTC
;     dbname: shop
;
215; 1259 16386 TABLE public users app
216; 1259 16390 TABLE DATA x app
3344; 0 16386 TABLE DATA public users app
3345; 0 16390 TABLE DATA DATA x app
3346; 0 16400 TABLE DATA public line break app
3400; 2613 16410 BLOB - 16410 app
)";

TEST(ListingReader, TakesAListInPiecesAsAPipeBringsThem) {
  std::vector<Entry> entries;
  ListingReader reader([&](Entry entry) { entries.push_back(std::move(entry)); });
  constexpr std::size_t k_piece = 7;
  for (std::string_view text = k_list; !text.empty();
       text.remove_prefix(std::min(k_piece, text.size()))) {
    reader.hear(text.substr(0, k_piece));
  }
  reader.finish();
  const auto whole = read_listing(k_list);
  ASSERT_EQ(entries.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(entries[i].line, whole[i].line);
}

TEST(ListingReader, TellsWhichPgDumpWroteTheArchive) {
  const auto major_in = [](const std::string& text) {
    ListingReader reader([](const Entry&) {});
    reader.hear(text);
    reader.finish();
    return reader.dump_major();
  };
  EXPECT_EQ(major_in(";     Dumped from database version: 13.23\n"
                     ";     Dumped by pg_dump version: 15.13 (Debian 15.13-0)\n"),
            15);
  EXPECT_EQ(major_in(";     Dumped by pg_dump version: 18beta1\n"), 18);
  EXPECT_EQ(major_in("; no such line\n"), 0);
}

TEST(Listing, KeepsOneEntryForManyLargeObjectsOfAKindAndOwner) {
  const auto entries = read_listing(
      "1; 2613 1 BLOB - 1 app\n2; 0 0 ACL - LARGE OBJECT 1 app\n3; 0 0 COMMENT - LARGE OBJECT 1 "
      "app\n4; 0 0 BLOBS - BLOBS \n5; 2613 2 BLOB - 2 app\n6; 2613 3 BLOB - 3 other 7\n"
      "7; 0 0 ACL public TABLE blob app\n8; 1259 1 TABLE public BLOB app\n"
      "9; 2613 4 BLOB METADATA - 4..5 app\n10; 2613 6 BLOB - 6 app\n");
  std::vector<std::pair<int, int>> found;
  for (const auto& entry : entries) found.emplace_back(entry.id, entry.alike);
  EXPECT_THAT(found,
              ElementsAre(std::pair(1, 3), std::pair(2, 1), std::pair(3, 1), std::pair(4, 1),
                          std::pair(6, 1), std::pair(7, 1), std::pair(8, 1), std::pair(9, 1)));
}

TEST(Listing, IsComparedWithTheRequestedTables) {
  const auto entries = read_listing(k_list);
  ASSERT_EQ(entries.size(), 6U);
  EXPECT_EQ(entries[0].id, 215);
  EXPECT_EQ(entries[0].line, "215; 1259 16386 TABLE public users app");
  EXPECT_EQ(entries[0].text, "TABLE public users app");
  EXPECT_THAT(compare_listing(entries, {table("public.users"), table("\"DATA\".x"),
                                        table("public.\"line\nbreak\""), table("public.v", 'v'),
                                        table("", 'L')}),
              IsEmpty());
}

TEST(Listing, NamesMissingAndUnexpectedData) {
  const auto entries = read_listing(k_list);
  EXPECT_THAT(
      compare_listing(entries, {table("public.users"), table("\"DATA\".x"), table("public.gone")}),
      ElementsAre("no data of 'public.gone'"));
  EXPECT_THAT(compare_listing(entries, {table("public.users")}),
              ElementsAre("the data of 3 tables in place of 1"));
  EXPECT_THAT(compare_listing(read_listing(""), {table("", 'L')}), ElementsAre("no large object"));
}

TEST(Listing, LeavesOutTablesOfExtensions) {
  const auto entries = read_listing(k_list);
  EXPECT_THAT(compare_listing(entries, {table("public.users"), table("\"DATA\".x")},
                              {table("public.\"line\nbreak\""), table("public.spatial_ref_sys")}),
              IsEmpty());
}

Content content(const std::string& name, const std::string& type = "collection") {
  Content content;
  content.name = name;
  content.type = type;
  return content;
}

TEST(Listing, NamesTheContentsThatItLacks) {
  const auto entries = read_listing(
      "1; 1259 1 TABLE public users app\n2; 1259 2 TABLE a.b c d app\n"
      "3; 1259 3 VIEW public seen app\n4; 1259 4 MATERIALIZED VIEW Sales once app\n"
      "5; 0 1 TABLE DATA public gone app\n");
  EXPECT_THAT(
      not_listed(entries, {content("users"), content("\"a.b\".c d"), content("seen", "view"),
                           content("Sales.once", "view"), content("grüß")}),
      IsEmpty());
  EXPECT_THAT(not_listed(entries, {content("gone"), content("c d"), content("users", "view"),
                                   content(k_large_objects)}),
              ElementsAre("gone", "c d", "users", k_large_objects));
}

TEST(Listing, CountsNamesThatItCannotDecode) {
  const auto entries = read_listing("1; 0 2 TABLE DATA public gr\xfc\xdf app\n");
  EXPECT_THAT(compare_listing(entries, {table("public.\"grüß\"")}), IsEmpty());
  EXPECT_THAT(compare_listing(entries, {table("public.\"grüß\""), table("public.\"ä\"")}),
              ElementsAre("the data of 1 tables in place of 2"));
}

TEST(Listing, DistinguishesTypesByTheirCatalogsAndReadsNeeds) {
  const auto entries = read_listing(
      "215; 1259 16386 TABLE DATA x app\n216; 0 16386 TABLE DATA public users app\n"
      "2; 3079 16394 EXTENSION - my ext \n;\tdepends on: 8 215\n"
      "3; 6106 5 PUBLICATION TABLE public pb t app\n4; 0 0 NEWER KIND x y app\n");
  ASSERT_EQ(entries.size(), 5U);
  EXPECT_EQ(entries[0].type, "TABLE");
  EXPECT_EQ(entries[1].type, "TABLE DATA");
  EXPECT_EQ(entries[2].type, "EXTENSION");
  EXPECT_THAT(entries[2].needs, ElementsAre(8, 215));
  EXPECT_EQ(entries[3].type, "PUBLICATION TABLE");
  EXPECT_EQ(entries[4].type, "");
  EXPECT_EQ(name_of(entries[2]), "extension 'my ext'");
  EXPECT_EQ(name_of(entries[1], {"app", "users app"}), "table data 'public'");
  EXPECT_EQ(owner_of(entries[1], {"app", "pp", "x"}), "app");
  EXPECT_EQ(name_of(entries[4]), "'NEWER KIND x y app'");
}

}  // namespace
}  // namespace tidegate::engine::postgresql
