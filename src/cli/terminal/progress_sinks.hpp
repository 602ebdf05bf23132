#pragma once

/// The outputs of a run's progress: a live picture, lines, or log records. Standard error decides
/// between them.

#include <chrono>
#include <memory>
#include <mutex>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "cli/terminal/progress_board.hpp"
#include "cli/terminal/screen.hpp"
#include "cli/terminal/ticker.hpp"

namespace tidegate::cli {

/// The part that the sinks share: the board, and the lock around it.
class BoardProgress : public Progress {
 public:
  explicit BoardProgress(const Clock& clock) : clock_(clock) {}
  void expect(int items, std::int64_t documents, Bytes bytes) override;
  void item_started(std::string_view name, std::int64_t documents, Bytes bytes) override;
  void item_advanced(std::string_view name, std::string_view phase,
                     std::int64_t documents) override;
  void item_finished(std::string_view name, const ItemResult& result) final;
  void end() override;

 protected:
  virtual void show_finished(std::string_view name, const ItemResult& result) = 0;
  const Clock& clock_;
  std::mutex mutex_;
  ProgressBoard board_;  // under mutex_
};

/// Permanent lines for finished items, live lines for items at work; redrawn by one thread ten
/// times a second.
class TerminalProgress final : public BoardProgress {
 public:
  TerminalProgress(Screen& screen, const Clock& clock,
                   std::chrono::milliseconds redraw = std::chrono::milliseconds{100});
  ~TerminalProgress() override;
  void begin(std::string_view database, std::string_view from, std::string_view to) override;
  void step(Mark mark, std::string_view name, std::string_view text) override;
  void end() override;

 private:
  void show_finished(std::string_view name, const ItemResult& result) override;
  void draw();
  Screen& screen_;
  Ticker ticker_;
};

/// A line per finished collection and step, and a heartbeat.
class LineProgress final : public BoardProgress {
 public:
  LineProgress(Screen& screen, const Clock& clock,
               std::chrono::milliseconds heartbeat = std::chrono::seconds{30});
  void begin(std::string_view database, std::string_view from, std::string_view to) override;
  void step(Mark mark, std::string_view name, std::string_view text) override;

 private:
  void show_finished(std::string_view name, const ItemResult& result) override;
  void beat();
  Screen& screen_;
  Ticker ticker_;
};

/// The same as log records, for `--log-format json` and for the daemon. `about` stands in each.
class LogProgress final : public BoardProgress {
 public:
  LogProgress(Log& log, const Clock& clock,
              std::chrono::milliseconds heartbeat = std::chrono::seconds{30}, LogFields about = {});
  void begin(std::string_view database, std::string_view from, std::string_view to) override;
  void step(Mark mark, std::string_view name, std::string_view text) override;

 private:
  void show_finished(std::string_view name, const ItemResult& result) override;
  void beat();
  void write(LogLevel level, std::string_view message, LogFields fields);
  Log& log_;
  LogFields about_;
  Ticker ticker_;
};

std::unique_ptr<Progress> make_progress(Screen& screen, const Clock& clock, Log& log,
                                        LogFormat format);

}  // namespace tidegate::cli
