#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "cli/terminal/progress_board.hpp"
#include "cli/terminal/progress_sinks.hpp"

namespace tidegate::cli {
namespace {

using namespace std::chrono_literals;

const OutputStyle k_unicode{.unicode = true, .colour = false, .width = 100};
const OutputStyle k_plain{.unicode = false, .colour = false, .width = 100};

SteadyTime at(std::chrono::milliseconds since) { return SteadyTime{} + since; }

/// A run in its middle: one collection done, one at work, one building indexes.
ProgressBoard half_way() {
  ProgressBoard board;
  board.expect(5, 5'500'000, Bytes{600'000'000}, at(0ms));
  board.item_started("pmProject", 18'204, Bytes{100'000'000}, at(0ms));
  board.item_finished("pmProject", {});
  board.item_started("pmStudy", 5'100'000, Bytes{400'000'000}, at(0ms));
  board.item_advanced("pmStudy", "copy", 3'111'000);
  board.item_started("pmInvestigator", 812, Bytes{50'000'000}, at(0ms));
  board.item_advanced("pmInvestigator", "indexes", 812);
  return board;
}

TEST(ProgressBoard, PaintsALineForEachCollectionAndATotal) {
  EXPECT_EQ(half_way().live_lines(at(10'000ms), k_unicode, 20),
            (std::vector<std::string>{
                "  ⠋ pmStudy                ▕██████████▉       ▏  61 %   3.1 of 5.1 M     "
                "24.4 MB/s   7 s left",
                "  ⠋ pmInvestigator           building indexes",
                "    2 more waiting",
                "    total                  ▕███████████▊      ▏  65 %   1 of 5 done      "
                "39.4 MB/s   6 s left",
            }));
}

TEST(ProgressBoard, UsesWordsAndHashesWithoutUnicode) {
  const auto lines = half_way().live_lines(at(100ms), k_plain, 20);
  EXPECT_EQ(lines.at(0), "  / pmStudy                [##########        ]  61 %   3.1 of 5.1 M");
}

TEST(ProgressBoard, NeverExceedsTheWidth) {
  for (int width = 20; width <= 100; ++width) {
    const OutputStyle look{.unicode = true, .colour = false, .width = width};
    for (const auto& line : half_way().live_lines(at(10'000ms), look, 20)) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(ProgressBoard, NeverExceedsTheHeight) {
  ProgressBoard board;
  board.expect(40, 4000, Bytes{4000}, at(0ms));
  for (int i = 0; i < 20; ++i) {
    board.item_started("c" + std::to_string(i), 100, Bytes{100}, at(0ms));
  }
  EXPECT_LE(board.live_lines(at(1s), k_unicode, 8).size(), 8U);
}

TEST(ProgressBoard, SaysNothingWhenThereIsNothingToDo) {
  ProgressBoard board;
  EXPECT_TRUE(board.live_lines(at(1s), k_unicode, 20).empty());
  board.expect(1, 10, Bytes{10}, at(0ms));
  EXPECT_TRUE(board.working());
  board.item_started("a", 10, Bytes{10}, at(0ms));
  board.item_finished("a", {});
  EXPECT_FALSE(board.working());
}

TEST(ProgressBoard, StartsCountingOverWhenTheRunDoes) {
  auto board = half_way();
  board.expect(2, 100, Bytes{100}, at(0ms));
  EXPECT_EQ(board.heartbeat(at(10ms)), "0 of 2 collections done, 0 %");
}

TEST(ProgressBoard, BeatsWithWhatIsAtWork) {
  EXPECT_EQ(half_way().heartbeat(at(10'000ms)),
            "1 of 5 collections done, 65 %, 39.4 MB/s, 6 s left; at work: pmStudy 61 %, "
            "pmInvestigator building indexes");
}

TEST(ProgressLines, LineUpAsInTheContract) {
  const ItemResult result{18'204, Bytes{412'000'000}, 9800ms, 5, 2100ms, ""};
  EXPECT_EQ(item_line("pmProject", result, k_unicode),
            "  ✓ pmProject                   18,204 documents   412 MB     9.8 s   "
            "5 indexes in 2.1 s");
  EXPECT_EQ(
      item_line("pmProject", {1, Bytes{17}, 0ms, 1, 0ms, "unchanged"}, k_plain),
      "  ok      pmProject                        1 document      17 B             unchanged");
  EXPECT_EQ(heading_line("syrf", "production syrftest", "snapshot syrf_snapshot", k_unicode),
            "syrf   production syrftest  →  snapshot syrf_snapshot");
  EXPECT_EQ(heading_line("syrf", "a", "b", k_plain), "syrf   a  ->  b");
  EXPECT_EQ(step_line(Mark::warning, "space", "little", k_plain), "  warning space       little");
}

TEST(ProgressLines, WrapStepsUnderTheirText) {
  const OutputStyle narrow{.unicode = true, .colour = false, .width = 40};
  EXPECT_EQ(step_lines(Mark::ok, "rights", "producer reads syrftest, writes syrf_snapshot", narrow),
            (std::vector<std::string>{"  ✓ rights      producer reads syrftest,",
                                      "                writes syrf_snapshot"}));
}

TEST(ProgressLines, CannotBeForgedByNames) {
  EXPECT_EQ(item_line("a\nb\x1b[31m", {}, k_plain).find_first_of("\n\x1b"), std::string::npos);
}

class Streams {
 public:
  std::string out, err;
  Size window{80, 24};
  Redactor redactor;
  Screen screen(Stream stream) {
    return Screen(
        redactor, stream, stream, [this](std::string_view bytes) { out += bytes; },
        [this](std::string_view bytes) { err += bytes; }, [this] { return window; });
  }
  static Stream live() {
    return {
        .look = {.unicode = true, .colour = false, .width = 79}, .terminal = true, .live = true};
  }
};

TEST(Screen, KeepsLiveLinesBelowPermanentOnes) {
  Streams streams;
  auto screen = streams.screen(Streams::live());
  screen.live({"one", "two"});
  EXPECT_EQ(streams.err, "one\ntwo\n");
  streams.err.clear();
  screen.note("done");
  EXPECT_EQ(streams.err, "\r\x1b[2A\x1b[Jdone\n");
  streams.err.clear();
  screen.live({});
  EXPECT_EQ(streams.err, "");
}

TEST(Screen, ErasesLinesThatANarrowerWindowHasFolded) {
  Streams streams;
  auto screen = streams.screen(Streams::live());
  screen.live({std::string(60, 'x')});
  streams.window.columns = 40;
  streams.err.clear();
  screen.live({});
  EXPECT_EQ(streams.err, "\r\x1b[2A\x1b[J");
}

TEST(Screen, TakesSecretsOutOfEverything) {
  Streams streams;
  streams.redactor.learn(Secret("hunter2hunter2"));
  auto screen = streams.screen(Streams::live());
  screen.result("password hunter2hunter2");
  screen.note("password hunter2hunter2");
  screen.live({"password hunter2hunter2"});
  EXPECT_EQ(streams.out, "password ***\n");
  EXPECT_EQ(streams.err, "password ***\npassword ***\n");
}

TEST(Screen, WritesDocumentsByteForByte) {
  Streams streams;
  auto screen = streams.screen(Streams::live());
  screen.live({"working"});
  streams.err.clear();
  const std::string text = "uri: postgresql://u:{{ .password | urlquery }}@db/\npassword=${PW}\n";
  screen.document(text);
  EXPECT_EQ(streams.out, text);
  EXPECT_EQ(streams.err, "\r\x1b[1A\x1b[J");
  streams.out.clear();
  screen.result(text);
  EXPECT_NE(streams.out, text + "\n") << "the redactor changes placeholders in other results";
}

TEST(LineProgress, SaysALineForEachFinishedCollectionAndNoEscapes) {
  Streams streams;
  auto screen = streams.screen({});
  const RealClock clock;
  LineProgress progress(screen, clock, 1h);
  progress.begin("syrf", "production a", "snapshot b");
  progress.expect(1, 10, Bytes{100});
  progress.item_started("pmProject", 10, Bytes{100});
  progress.item_advanced("pmProject", "copy", 5);
  progress.item_finished("pmProject", {10, Bytes{100}, 5ms, 1, 0ms, ""});
  progress.end();
  EXPECT_EQ(streams.err,
            "syrf   production a  ->  snapshot b\n"
            "  ok      pmProject                       10 documents    100 B      5 ms\n");
}

TEST(LineProgress, BeatsWhileItWorks) {
  std::promise<void> beaten;
  std::atomic<bool> told{false};
  const Redactor redactor;
  Screen screen(
      redactor, {}, {}, [](std::string_view) {},
      [&](std::string_view bytes) {
        if (bytes.find("0 of 2 collections") != std::string_view::npos && !told.exchange(true)) {
          beaten.set_value();
        }
      },
      [] { return Size{}; });
  const RealClock clock;
  LineProgress progress(screen, clock, 1ms);
  progress.expect(2, 10, Bytes{100});
  EXPECT_EQ(beaten.get_future().wait_for(10s), std::future_status::ready);
}

TEST(TerminalProgress, LeavesNoLiveLineBehind) {
  Streams streams;
  auto screen = streams.screen(Streams::live());
  const RealClock clock;
  {
    TerminalProgress progress(screen, clock, 1h);
    progress.expect(1, 10, Bytes{100});
    progress.item_started("pmProject", 10, Bytes{100});
  }
  screen.note("end");
  EXPECT_EQ(streams.err, "end\n");
}

}  // namespace
}  // namespace tidegate::cli
