#include "cli/terminal/text.hpp"

#include <gtest/gtest.h>

#include "cli/terminal/stream.hpp"

namespace tidegate::cli {
namespace {

const OutputStyle k_unicode{.unicode = true, .colour = false, .width = 100};
const OutputStyle k_plain{.unicode = false, .colour = false, .width = 100};

Environment environment(std::map<std::string, std::string> variables) {
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto at = variables.find(std::string(name));
    if (at == variables.end()) return std::nullopt;
    return at->second;
  };
}

TEST(Text, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("pmProject"), 9);
  EXPECT_EQ(display_width("naïve"), 5);
  EXPECT_EQ(display_width("漢字"), 4);
  EXPECT_EQ(display_width("e\xCC\x81"), 1);
  EXPECT_EQ(display_width("\xFF\xFE"), 2);
}

TEST(Text, TakesControlCharactersOutOfNames) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc"), "a?[2Jb?c");
  EXPECT_EQ(printable("\xC2\x9b"), "?");
  EXPECT_EQ(printable("naïve 漢"), "naïve 漢");
}

TEST(Text, ClipsAtTheWidthAndSaysSo) {
  EXPECT_EQ(clipped("pmSystematicSearch", 10, k_unicode), "pmSystema…");
  EXPECT_EQ(clipped("pmSystematicSearch", 10, k_plain), "pmSystema.");
  EXPECT_EQ(clipped("漢字漢字", 5, k_unicode), "漢字…");
  EXPECT_EQ(clipped("short", 10, k_unicode), "short");
}

TEST(Table, LinesItsColumnsUp) {
  Table table({Align::left, Align::right});
  table.row({"pr-1", "5"});
  table.row({"staging", "1,204"});
  EXPECT_EQ(table.lines(), (std::vector<std::string>{"  pr-1          5", "  staging   1,204"}));
  EXPECT_EQ(table.column(1), 12);
}

TEST(Text, WrapsWordsUnderTheirColumn) {
  EXPECT_EQ(wrapped("one two three four", 12, 2),
            (std::vector<std::string>{"  one two", "  three four"}));
}

TEST(Text, HasNoColourUnlessAsked) {
  EXPECT_EQ(coloured("x", Colour::red, k_plain), "x");
  EXPECT_EQ(coloured("x", Colour::red, {.unicode = true, .colour = true, .width = 80}),
            "\x1b[31mx\x1b[0m");
}

TEST(Terminal, ShowsGlyphsOnlyInAUtf8Locale) {
  EXPECT_TRUE(locale_is_utf8(environment({{"LANG", "en_GB.UTF-8"}})));
  EXPECT_TRUE(locale_is_utf8(environment({{"LC_CTYPE", "C.utf8"}, {"LANG", "C"}})));
  EXPECT_FALSE(locale_is_utf8(environment({{"LC_ALL", "C"}, {"LANG", "en_GB.UTF-8"}})));
  EXPECT_FALSE(locale_is_utf8(environment({})));
}

TEST(Terminal, ObeysNoColorAndDumbTerminals) {
  const auto xterm = environment({{"TERM", "xterm"}, {"LANG", "C.UTF-8"}});
  EXPECT_TRUE(describe_stream(true, 80, xterm).look.colour);
  EXPECT_EQ(describe_stream(true, 80, xterm).look.width, 79);
  const auto no_color = environment({{"TERM", "xterm"}, {"NO_COLOR", "1"}});
  EXPECT_FALSE(describe_stream(true, 80, no_color).look.colour);
  EXPECT_TRUE(describe_stream(true, 80, no_color).live);
  EXPECT_FALSE(describe_stream(true, 80, environment({{"TERM", "dumb"}})).live);
  EXPECT_FALSE(describe_stream(false, 0, xterm).look.colour);
  EXPECT_EQ(describe_stream(true, 250, xterm).look.width, 100);
}

}  // namespace
}  // namespace tidegate::cli
