#include "model/names.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace tidegate {
namespace {

template <typename Make>
std::string config_error(Make make) {
  try {
    make();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    return error.message();
  }
  return "(no error)";
}

std::int32_t number(std::string_view text) {
  const auto parsed = PullNumber::parse(text);
  return parsed ? parsed->value() : -1;
}

TEST(EngineKind, IsReadAndWritten) {
  for (const auto kind : {EngineKind::mongodb, EngineKind::postgresql}) {
    EXPECT_EQ(parse_engine_kind(to_text(kind)), kind);
  }
  EXPECT_FALSE(parse_engine_kind("MongoDB"));
  EXPECT_FALSE(parse_engine_kind(""));
}

TEST(DatabaseName, AcceptsWhatEveryServerAccepts) {
  for (const std::string text :
       {"a", "syrftest", "syrf_pr_42", "a-b", "Ünï", "０", "{x}", "%", "a'b"}) {
    EXPECT_EQ(DatabaseName(text).text(), text);
  }
  EXPECT_EQ(DatabaseName(std::string(63, 'a')).text().size(), 63U);
}

TEST(DatabaseName, RefusesWhatSomeServerRefuses) {
  EXPECT_EQ(config_error([] { DatabaseName(""); }), "'' is not a database name: it is empty");
  EXPECT_EQ(config_error([] { DatabaseName(std::string(64, 'a')); }),
            "'" + std::string(64, 'a') + "' is not a database name: it has 64 bytes");
  EXPECT_EQ(config_error([] { DatabaseName("a b"); }),
            "'a b' is not a database name: it has a space in it");
  EXPECT_EQ(config_error([] { DatabaseName(std::string_view("a\0b", 3)); }),
            "'a\\x00b' is not a database name: it has a NUL byte in it");
  for (const char c : std::string("/\\.\"$*<>:|?")) {
    EXPECT_EQ(config_error([c] { DatabaseName(std::string("a") + c); }),
              std::string("'a") + c + "' is not a database name: it has a " + c + " in it");
  }
}

TEST(DatabaseName, IsComparedExactlyOrAsAServerDoes) {
  EXPECT_NE(DatabaseName("syrf"), DatabaseName("SYRF"));
  EXPECT_TRUE(same_database(DatabaseName("syrfTest"), DatabaseName("SYRFtEST")));
  EXPECT_FALSE(same_database(DatabaseName("syrf"), DatabaseName("syrf2")));
  EXPECT_FALSE(same_database(DatabaseName("syrf2"), DatabaseName("syrf")));
  EXPECT_FALSE(same_database(DatabaseName("a@"), DatabaseName("a`")));
  EXPECT_FALSE(same_database(DatabaseName("a["), DatabaseName("a{")));
}

TEST(PullNumber, TakesAsciiDigitsOnly) {
  EXPECT_EQ(number("1"), 1);
  EXPECT_EQ(number("42"), 42);
  EXPECT_EQ(number("2147483647"), 2147483647);
  for (const auto* text :
       {"", "0", "042", "-1", "+1", " 1", "1 ", "4 2", "1a", "0x1", "2147483648", "4294967297",
        "99999999999", "18446744073709551617", "４２", "٤٢", "1.0"}) {
    EXPECT_EQ(number(text), -1) << text;
  }
}

TEST(NamePattern, MakesNamesAndReadsThemBack) {
  const NamePattern pattern("syrf_pr_{number}");
  EXPECT_EQ(pattern.name_of(*PullNumber::parse("42")).text(), "syrf_pr_42");
  EXPECT_EQ(pattern.number_in(DatabaseName("syrf_pr_42")), PullNumber::parse("42"));
  const NamePattern middle("pr{number}_db");
  EXPECT_EQ(middle.name_of(*PullNumber::parse("7")).text(), "pr7_db");
  EXPECT_EQ(middle.number_in(DatabaseName("pr7_db")), PullNumber::parse("7"));
}

TEST(NamePattern, FindsNoNumberInANameThatIsNotExactlyOfIt) {
  const NamePattern pattern("syrf_pr_{number}");
  for (const auto* text :
       {"syrf_pr_042", "SYRF_PR_42", "syrf_pr_", "syrf_pr_0", "syrf_pr_42x", "xsyrf_pr_42",
        "syrf_pr_-1", "syrf_pr_４２", "syrf_pr_2147483648", "syrf_pr", "syrf", "syrf_pr_4_2"}) {
    EXPECT_FALSE(pattern.number_in(DatabaseName(text))) << text;
  }
  EXPECT_FALSE(NamePattern("a{number}a").number_in(DatabaseName("a")));
  EXPECT_FALSE(NamePattern("ab{number}ba").number_in(DatabaseName("aba")));
}

TEST(NamePattern, NeedsItsNumberOnce) {
  for (const auto* text : {"", "syrf_pr", "syrf_{numbe}", "{number}{number}", "{NUMBER}"}) {
    EXPECT_NE(config_error([&] { NamePattern{text}; }).find("exactly once"), std::string::npos)
        << text;
  }
}

TEST(NamePattern, MustGiveAValidNameForTheLongestNumber) {
  EXPECT_EQ(NamePattern(std::string(53, 'a') + "{number}").text().size(), 61U);
  EXPECT_NE(config_error([] { NamePattern(std::string(54, 'a') + "{number}"); }).find("64 bytes"),
            std::string::npos);
  EXPECT_NE(config_error([] { NamePattern("a b{number}"); }).find("a space"), std::string::npos);
  EXPECT_NE(config_error([] { NamePattern("{number}.x"); }).find("has a ."), std::string::npos);
}

TEST(ParseTarget, ReadsPreviewsAndNames) {
  const auto preview = parse_target("pr-42");
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->text, "pr-42");
  EXPECT_EQ(preview->number, PullNumber::parse("42"));
  for (const auto* text :
       {"staging", "pr", "pr42", "pr_42", "syrf_pr_42", "pr-staging", "print", "snapshot"}) {
    const auto target = parse_target(text);
    ASSERT_TRUE(target) << text;
    EXPECT_EQ(target->text, text);
    EXPECT_FALSE(target->number) << text;
  }
}

TEST(ParseTarget, RefusesWhatLooksLikeAPreviewButIsNot) {
  for (const auto* text : {"", "pr-", "pr-0", "pr-042", "PR-7", "Pr-7", "pr-4 2", "pr- 42", "pr-+1",
                           "pr--1", "pr-2147483648", "pr-1a", "pr-４２", "PR-", "pr-42\n"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

}  // namespace
}  // namespace tidegate
