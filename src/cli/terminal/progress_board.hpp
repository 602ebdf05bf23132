#pragma once

/// The state of a run's progress, and pictures of it as plain lines. Pure: time is an argument, so
/// that every picture can be tested. Not thread safe; the sinks that own one lock it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/progress.hpp"
#include "cli/terminal/text.hpp"

namespace tidegate::cli {

/// `syrf   production syrftest  →  snapshot syrf_snapshot`
std::string heading_line(std::string_view database, std::string_view from, std::string_view to,
                         const OutputStyle& look);
/// `✓` or `ok     `, coloured.
std::string mark_text(Mark mark, const OutputStyle& look);
/// `  ✓ rights      producer reads syrftest, …` in one line, whatever its length.
std::string step_line(Mark mark, std::string_view name, std::string_view text,
                      const OutputStyle& look);
/// The same, wrapped at the look's width with the text in a column of its own.
std::vector<std::string> step_lines(Mark mark, std::string_view name, std::string_view text,
                                    const OutputStyle& look);
/// `  ✓ pmProject              18,204 documents    412 MB    9.8 s    5 indexes in 2.1 s`
std::string item_line(std::string_view name, const ItemResult& result, const OutputStyle& look);
/// `▕███████████▌       ▏` of `cells` columns between its ends; `[###    ]` without unicode.
std::string bar(double share, int cells, const OutputStyle& look);
/// `3.1 of 5.1 M`, `12 of 812`
std::string progress_count(std::int64_t done, std::int64_t total);

class ProgressBoard {
 public:
  /// Counting starts over.
  void expect(int items, std::int64_t documents, Bytes bytes, SteadyTime now);
  void item_started(std::string_view name, std::int64_t documents, Bytes bytes, SteadyTime now);
  void item_advanced(std::string_view name, std::string_view phase, std::int64_t documents);
  void item_finished(std::string_view name, const ItemResult& result);
  void clear();
  bool working() const { return !live_.empty() || finished_ < expected_items_; }

  /// One line per item at work (at most `rows` lines in all), how many wait, and a total. Each
  /// fits the look's width.
  std::vector<std::string> live_lines(SteadyTime now, const OutputStyle& look, int rows) const;
  /// `3 of 11 collections done, 43 %, 55 MB/s, 2 min 10 s left; at work: pmStudy 61 %, …`
  std::string heartbeat(SteadyTime now) const;

 private:
  struct Item {
    std::string name, phase = "copy";
    std::int64_t documents = 0, done = 0;
    Bytes bytes;
    SteadyTime started{};
    double share() const;
    double bytes_done() const { return share() * static_cast<double>(bytes.count); }
  };
  struct Pace {
    double share = 0;
    double bytes_per_second = 0;  ///< 0: not known yet
    std::chrono::milliseconds left{0};
  };
  Item* find(std::string_view name);
  static Pace pace(double done, double all, SteadyTime since, SteadyTime now);
  Pace total_pace(SteadyTime now) const;
  static std::string item_picture(const Item& item, SteadyTime now, const OutputStyle& look);
  std::string total_picture(SteadyTime now, const OutputStyle& look) const;

  std::vector<Item> live_;
  int expected_items_ = 0, finished_ = 0;
  std::int64_t expected_documents_ = 0;
  Bytes expected_bytes_, finished_bytes_;
  SteadyTime since_{};
};

}  // namespace tidegate::cli
