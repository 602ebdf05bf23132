#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/postgresql/copy/schema_compare.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The parts of pg_dump's script around the entries.
std::string heading(const std::string& name, const std::string& type, const std::string& schema,
                    const std::string& owner) {
  return "--\n-- Name: " + name + "; Type: " + type + "; Schema: " + schema + "; Owner: " + owner +
         "\n--\n\n";
}

const std::string k_begin =
    "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n"
    "-- Dumped from database version 15.13 (Debian 15.13-0)\n"
    "-- Dumped by pg_dump version 17.2\n\nSET statement_timeout = 0;\n\n";
const std::string k_end = "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n";

struct Script {
  std::vector<SchemaEntry> entries;
  std::string versions;
};

Script cut(const std::string& text, std::size_t piece = 7) {
  Script script;
  SchemaCutter cutter([&](const SchemaEntry& entry) { script.entries.push_back(entry); });
  for (std::size_t at = 0; at < text.size(); at += piece) cutter.add(text.substr(at, piece));
  cutter.finish();
  script.versions = cutter.versions();
  return script;
}

SchemaEntry entry(const std::string& type, const std::string& name, const std::string& text,
                  const std::string& owner = "app") {
  return {type, "public", name, owner, text};
}

TEST(SchemaCutter, CutsAScriptIntoItsEntries) {
  const auto script =
      cut(k_begin + heading("app", "SCHEMA", "-", "shop") + "CREATE SCHEMA app;\n\n\n" +
          "SET default_tablespace = '';\n\nSET default_table_access_method = heap;\n\n" +
          heading("a; Type: b", "TABLE", "app", "-") +
          "CREATE TABLE app.\"a; Type: b\" (\n\n);\n\n" + k_end);
  EXPECT_EQ(script.versions, "server 15.13, pg_dump 17.2");
  ASSERT_EQ(script.entries.size(), 2U);
  EXPECT_EQ(script.entries[0].label(), "SCHEMA app");
  EXPECT_EQ(script.entries[0].owner, "shop");
  EXPECT_EQ(script.entries[0].text, "CREATE SCHEMA app;\n");
  EXPECT_EQ(script.entries[1].label(), "TABLE app.a; Type: b");
  EXPECT_EQ(script.entries[1].owner, "");
  EXPECT_EQ(script.entries[1].text, "CREATE TABLE app.\"a; Type: b\" (\n\n);\nUSING heap\n");
}

TEST(SchemaCutter, AnAccessMethodAppliesToEveryTableAfterIt) {
  const auto other = "SET default_table_access_method = columnar;\n\n";
  const auto script = cut(k_begin + heading("f()", "FUNCTION", "public", "a") + "CREATE 1;\n\n" +
                          other + heading("t", "TABLE", "public", "a") + "CREATE 2;\n\n" +
                          heading("u", "TABLE", "public", "a") + "CREATE 3;\n\n" + k_end);
  ASSERT_EQ(script.entries.size(), 3U);
  EXPECT_EQ(script.entries[0].text, "CREATE 1;\n");
  EXPECT_EQ(script.entries[2].text, "CREATE 3;\nUSING columnar\n");
}

TEST(SchemaText, OwnersAndTheirGrantsAreRemovedOnlyWhereTheyAreNotKept) {
  const auto table =
      entry("TABLE", "t", "CREATE TABLE public.t ();\nALTER TABLE public.t OWNER TO app;\n");
  EXPECT_THAT(comparable(table, {}), HasSubstr("OWNER TO app"));
  EXPECT_EQ(comparable(table, {false, "preview"}), "CREATE TABLE public.t ();\n");
  const auto acl = entry("ACL", "TABLE t",
                         "REVOKE ALL ON TABLE t FROM app;\nSET SESSION AUTHORIZATION bi;\n"
                         "GRANT SELECT ON TABLE t TO z WITH GRANT OPTION;\n"
                         "RESET SESSION AUTHORIZATION;\nGRANT SELECT ON TABLE t TO \"app\";\n"
                         "GRANT SELECT ON TABLE t TO preview;\nGRANT INSERT ON TABLE t TO bi;\n");
  EXPECT_EQ(comparable(acl, {false, "preview"}),
            "GRANT INSERT ON TABLE t TO bi;\nGRANT SELECT ON TABLE t TO z WITH GRANT OPTION;\n");
  EXPECT_EQ(comparable(acl, {false, "preview"}, "bi"),
            "GRANT SELECT ON TABLE t TO z WITH GRANT OPTION;\n");
  EXPECT_THAT(comparable(acl, {}), HasSubstr("FROM app"));
}

struct Reprinted {
  const char *before, *after;
};

class Casts : public testing::TestWithParam<Reprinted> {};

// Each pair is PostgreSQL 15's print of an expression, and its print after it has read the first.
TEST_P(Casts, AnExpressionThatAServerPrintsDifferentlyIsEqual) {
  EXPECT_EQ(without_casts(GetParam().before), without_casts(GetParam().after));
}

INSTANTIATE_TEST_SUITE_P(
    All, Casts,
    testing::Values(
        Reprinted{"CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character "
                  "varying])::text[])))",
                  "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character "
                  "varying)::text])))"},
        Reprinted{"CHECK ((((n >= 1) AND (n <= 5)) AND (n <> 3)))",
                  "CHECK (((n >= 1) AND (n <= 5) AND (n <> 3)))"},
        Reprinted{"x::numeric(10,2)[] = y", "(x)::numeric(12,3)[][] = (y)::app.\"Odd type\""},
        Reprinted{"a::timestamp(3) without time zone > b", "a > (b)::timestamp with time zone"},
        Reprinted{"a::interval day to second(3), b", "a , b::double precision"}));

struct Changed {
  const char *before, *after;
};

class Words : public testing::TestWithParam<Changed> {};

TEST_P(Words, AreNotTheSame) {
  EXPECT_NE(without_casts(GetParam().before), without_casts(GetParam().after));
}

INSTANTIATE_TEST_SUITE_P(
    All, Words,
    testing::Values(Changed{"a AND b", "a OR b"}, Changed{"'a(b)'", "'ab'"},
                    Changed{"'x::text'", "'x'"}, Changed{"$$a::int$$", "$$a$$"},
                    Changed{"$f$ (a) $f$", "$f$ a $f$"}, Changed{"\"a::b\"", "\"a\""},
                    Changed{"n > 1", "n > 2"}, Changed{"E'\\'(a)'", "E'\\'a'"},
                    Changed{"'it''s (x)'", "'it''s x'"}, Changed{"ARRAY[a]", "a"}));

SchemaOutline outline_of(const std::vector<SchemaEntry>& entries, const OwnerRule& rule = {},
                         const std::string& versions = "15") {
  SchemaOutline outline;
  outline.set_versions(versions);
  for (const auto& each : entries) outline.add(each, rule);
  return outline;
}

std::vector<std::string> compared(const std::vector<SchemaEntry>& source,
                                  const std::vector<SchemaEntry>& copy,
                                  const std::vector<SchemaException>& exceptions = {},
                                  const OwnerRule& rule = {}) {
  const auto keys = unequal(outline_of(source, rule), outline_of(copy, rule), exceptions);
  SchemaTexts expected(keys), found(keys);
  for (const auto& each : source) expected.add(each);
  for (const auto& each : copy) found.add(each);
  std::vector<std::string> lines;
  for (const auto& each : schema_differences(expected, found, rule)) {
    lines.push_back(each.collection + " | " + each.expected + " | " + each.found);
  }
  return lines;
}

TEST(SchemaCompare, NamesMissingUnexpectedAndChangedEntries) {
  const auto a = entry("FUNCTION", "f()", "CREATE f\n1\n2\n"), b = entry("VIEW", "v", "CREATE v\n"),
             c = entry("INDEX", "i", "CREATE i\n");
  EXPECT_THAT(compared({a, b}, {b, a}), IsEmpty()) << "in any order";
  EXPECT_THAT(compared({entry("VIEW", "w", "(a)\nb\n")}, {entry("VIEW", "w", "a\nc\n")}),
              ElementsAre("VIEW public.w | b | c"))
      << "the line that differs";
  EXPECT_THAT(compared({a, b}, {entry("FUNCTION", "f()", "CREATE f\n1\n3\n"), c}),
              ElementsAre("FUNCTION public.f() | 2 | 3", "INDEX public.i | none | there",
                          "VIEW public.v | CREATE v | none"));
}

TEST(SchemaCompare, ExceptionsAreNoDifference) {
  const auto a = entry("EVENT TRIGGER", "e", "CREATE e\n"), b = entry("ACL", "TABLE t", "GRANT\n");
  EXPECT_THAT(compared({a, b}, {}, {{"ACL", {}, {}, {}}, {{}, {}, {}, "EVENT TRIGGER public e x"}}),
              IsEmpty());
  EXPECT_THAT(
      compared({a}, {},
               {{"EVENT TRIGGER", "public", "f", {}}, {{}, {}, {}, "EVENT TRIGGER public ee x"}}),
      testing::SizeIs(1));
}

TEST(SchemaCompare, GrantsOfTheFormerOwnerAreNoDifferenceWhereOwnersAreNotKept) {
  const std::vector<SchemaEntry> source{entry(
      "ACL", "TABLE t", "REVOKE ALL ON TABLE t FROM app;\nGRANT SELECT ON TABLE t TO app;\n")};
  const std::vector<SchemaEntry> copy{
      entry("ACL", "TABLE t", "GRANT SELECT ON TABLE t TO app;\n", "preview")};
  EXPECT_THAT(compared(source, copy, {}, {false, "preview"}), IsEmpty());
  EXPECT_THAT(compared({entry("ACL", "TABLE t", "GRANT SELECT ON TABLE t TO bi;\n")}, {}, {},
                       {false, "preview"}),
              ElementsAre("ACL public.TABLE t | GRANT SELECT ON TABLE t TO bi; | none"));
}

TEST(SchemaCompare, OnlyNamesAreComparedBetweenTwoVersions) {
  const auto a = entry("VIEW", "v", "SELECT (1)\n"), b = entry("VIEW", "v", "SELECT 2\n"),
             gone = entry("POLICY", "t p", "CREATE POLICY\n");
  EXPECT_THAT(unequal(outline_of({a}, {}, "14"), outline_of({b}), {}), IsEmpty());
  EXPECT_THAT(unequal(outline_of({a, gone}, {}, "14"), outline_of({b}), {}), testing::SizeIs(1));
}

TEST(SchemaCompare, ALongLineIsCutBetweenCharacters) {
  std::string text = "x";
  for (int i = 0; i < 200; ++i) text += "ü";
  const auto lines = compared({entry("VIEW", "v", text + "\n")}, {});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("ü …"));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
