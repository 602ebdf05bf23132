#include "base/glob.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tidegate {
namespace {

struct Case {
  const char* glob;
  const char* name;
  bool fits;
};

TEST(Glob, MatchesAsTheTableSays) {
  const Case cases[] = {
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"pmStudy", "pmStudy", true},
      {"pmStudy", "pmstudy", false},
      {"pm*", "pmStudy", true},
      {"pm*", "pm", true},
      {"pm*", "xpm", false},
      {"*", "", true},
      {"**", "abc", true},
      {"*Study", "pmStudy", true},
      {"*a*b*c", "xaxbxc", true},
      {"*a*b*c", "xaxcxb", false},
      {"a*b", "ab b", true},
      {"a*bc", "abcbc", true},
      {"?", "a", true},
      {"?", "", false},
      {"?", "ab", false},
      {"?", "ü", true},
      {"a?c", "a€c", true},
      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},
      {"[!a-c]x", "dx", true},
      {"[!a-c]x", "ax", false},
      {"[!x]", "", false},
      {"[]]", "]", true},
      {"[!]]", "]", false},
      {"[!]]", "a", true},
      {"[a-]", "-", true},
      {"[a-]", "b", false},
      {"[ä-ü]", "ö", true},
      {"[ä-ü]", "o", false},
      {"[abc", "[abc", true},
      {"[abc", "a", false},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"\\[a]", "[a]", true},
      {"[\\]]", "]", true},
      {"[a\\-c]", "-", true},
      {"[a\\-c]", "b", false},
      {"a\\", "a\\", true},
      {"*[0-9]", "tmp42", true},
      {"*[0-9]", "tmp42x", false},
      {"tmp.*", "tmpx", false},
      {"a.b", "axb", false},
  };
  for (const auto& c : cases) EXPECT_EQ(matches(c.glob, c.name), c.fits) << c.glob << " " << c.name;
}

TEST(Glob, TakesNoExponentialTime) {
  std::string glob;
  for (int i = 0; i < 60; ++i) glob += "*a";
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches(glob + "b", std::string(5'000, 'a')));
  EXPECT_TRUE(matches(glob, std::string(5'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5});
}

TEST(Glob, SurvivesTextThatIsNotUtf8) {
  EXPECT_TRUE(matches("?", "\xff"));
  EXPECT_TRUE(matches("a?b",
                      "a\xc3"
                      "b"));
  EXPECT_TRUE(matches("*", "\xf0\x80"));
}

TEST(Glob, DistinguishesGlobsFromNames) {
  for (const auto* text : {"*", "a?", "[a]", "a\\*"}) EXPECT_TRUE(is_glob(text)) << text;
  for (const auto* text : {"", "pmStudy", "a.b", "a]", "a-b"}) EXPECT_FALSE(is_glob(text)) << text;
}

}  // namespace
}  // namespace tidegate
