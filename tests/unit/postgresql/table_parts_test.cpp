#include "engine/postgresql/copy/table_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/postgresql/copy/checksum.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int k_ranges = 140000;

Relation table(const std::string& name, std::int64_t pages, char kind = 'r') {
  Relation relation;
  relation.name = name;
  relation.quoted = "public." + name;
  relation.kind = kind;
  relation.pages = pages;
  relation.columns = "tidegate.a, tidegate.b";
  relation.written = "a, b";
  return relation;
}

std::vector<std::size_t> order(const std::vector<TablePart>& parts) {
  std::vector<std::size_t> order;
  for (const auto& part : parts) order.push_back(part.relation);
  return order;
}

TEST(TableParts, AreTheTablesThatHaveRowsTheLargestFirst) {
  const std::vector<Relation> relations{table("small", 1),        table("view", 0, 'v'),
                                        table("large", 900),      table("parted", 0, 'p'),
                                        table("foreign", 0, 'f'), table("filled", 3, 'm')};
  EXPECT_THAT(order(parts_of(relations, 4, k_ranges)), ElementsAre(2, 5, 0));
}

TEST(TableParts, DivideALargeTableWithoutGapsAndWithoutAnEnd) {
  for (const std::int64_t pages : {8192, 8193, 100'003, 7'000'001}) {
    for (const int parallel : {2, 3, 8}) {
      auto parts = parts_of({table("large", pages)}, parallel, k_ranges);
      ASSERT_GT(parts.size(), static_cast<std::size_t>(parallel));
      std::sort(parts.begin(), parts.end(),
                [](const auto& a, const auto& b) { return a.from < b.from; });
      EXPECT_EQ(parts.front().from, 0);
      for (std::size_t i = 1; i < parts.size(); ++i) EXPECT_EQ(parts[i - 1].until, parts[i].from);
      EXPECT_EQ(parts.back().until, std::nullopt) << "rows inserted since its pages were counted";
    }
  }
}

TEST(TableParts, AreWholeForSmallTablesOneSessionOrNoRanges) {
  EXPECT_TRUE(parts_of({table("t", 8191)}, 4, k_ranges).front().is_whole());
  EXPECT_TRUE(parts_of({table("t", 100'000)}, 1, k_ranges).front().is_whole());
  EXPECT_TRUE(parts_of({table("t", 100'000)}, 4, k_ranges - 1).front().is_whole());
  EXPECT_TRUE(parts_of({table("t", 100'000, 'm')}, 4, k_ranges).front().is_whole());
}

TEST(ReadingStatement, NamesColumnsAndRange) {
  const auto plain = table("t", 1);
  EXPECT_EQ(reading_statement(plain, {}), "COPY public.t (a, b) TO STDOUT");
  EXPECT_EQ(
      reading_statement(plain, {0, 10, 20, 10}),
      "COPY (SELECT tidegate.a, tidegate.b FROM ONLY public.t AS tidegate WHERE tidegate.ctid "
      "OPERATOR(pg_catalog.>=) '(10,0)'::pg_catalog.tid AND tidegate.ctid "
      "OPERATOR(pg_catalog.<) '(20,0)'::pg_catalog.tid) TO STDOUT");
  auto view = table("v", 1, 'm');
  EXPECT_THAT(reading_statement(view, {}), HasSubstr("FROM ONLY public.v"));
  auto bare = table("bare", 1);
  bare.columns = bare.written = "";
  EXPECT_THAT(reading_statement(bare, {}), HasSubstr("SELECT  FROM ONLY public.bare"));
  EXPECT_EQ(writing_statement(bare, false), "COPY public.bare FROM STDIN");
  EXPECT_EQ(writing_statement(plain, true), "COPY public.t (a, b) FROM STDIN WITH (FREEZE)");
}

TEST(WrittenPart, IsTheLineWithoutGeneratedColumns) {
  auto relation = table("t", 1);
  EXPECT_EQ(written_part("1\ttwo\\t2\n", relation), "1\ttwo\\t2");
  relation.computed = 1;
  EXPECT_EQ(written_part("1\ttwo\\t2\t5\n", relation), "1\ttwo\\t2");
  relation.computed = 3;
  EXPECT_EQ(written_part("1\t\t\\N\t\n", relation), "1");
  EXPECT_EQ(written_part("1\t2\t3\n", relation), "") << "all of its columns are generated";
}

TEST(PartSum, SeparatesWrittenColumnsFromGeneratedOnes) {
  auto relation = table("t", 1);
  relation.computed = 1;
  PartSum a, b;
  a.add("1\tx\t2\n", relation);
  b.add("1\tx\t3\n", relation);
  EXPECT_NE(a.rows.text(), b.rows.text());
  EXPECT_EQ(a.inputs.text(), b.inputs.text());
  EXPECT_EQ(a.inputs.rows(), 1);
}

TEST(PartSum, OfLargeObjectsCountsObjectsAndTheirBytes) {
  const auto large = table("pg_catalog.pg_largeobject", 0, 'L');
  PartSum sum;
  sum.add("t\t16777216\t77 0 ab\n", large);
  sum.add("f\t5\t77 16777216 cd\n", large);
  sum.add("t\t0\t78 0 ef\n", large);
  EXPECT_EQ(sum.rows.rows(), 2);
  EXPECT_EQ(sum.rows.bytes(), Bytes{16777221});
}

TEST(Checksum, OfOtherVersionsIsNotCompared) {
  EXPECT_TRUE(is_comparable(RowSum().text()));
  EXPECT_FALSE(is_comparable("0123456789abcdef0123456789abcdef"));
  EXPECT_FALSE(is_comparable(""));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
