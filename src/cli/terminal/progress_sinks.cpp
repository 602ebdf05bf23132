#include "cli/terminal/progress_sinks.hpp"

#include <fmt/format.h>

namespace tidegate::cli {

void BoardProgress::expect(int items, std::int64_t documents, Bytes bytes) {
  const std::lock_guard lock(mutex_);
  board_.expect(items, documents, bytes, clock_.steady());
}

void BoardProgress::item_started(std::string_view name, std::int64_t documents, Bytes bytes) {
  const std::lock_guard lock(mutex_);
  board_.item_started(name, documents, bytes, clock_.steady());
}

void BoardProgress::item_advanced(std::string_view name, std::string_view phase,
                                  std::int64_t documents) {
  const std::lock_guard lock(mutex_);
  board_.item_advanced(name, phase, documents);
}

void BoardProgress::item_finished(std::string_view name, const ItemResult& result) {
  const std::lock_guard lock(mutex_);
  board_.item_finished(name, result);
  show_finished(name, result);
}

void BoardProgress::end() {
  const std::lock_guard lock(mutex_);
  board_.clear();
}

TerminalProgress::TerminalProgress(Screen& screen, const Clock& clock,
                                   std::chrono::milliseconds redraw)
    : BoardProgress(clock), screen_(screen), ticker_(redraw, [this] { draw(); }) {}

TerminalProgress::~TerminalProgress() { TerminalProgress::end(); }

void TerminalProgress::draw() {
  const std::lock_guard lock(mutex_);
  screen_.live(board_.live_lines(clock_.steady(), screen_.live_look(), screen_.live_rows()));
}

void TerminalProgress::begin(std::string_view database, std::string_view from,
                             std::string_view to) {
  screen_.note(heading_line(database, from, to, screen_.live_look()));
}

void TerminalProgress::step(Mark mark, std::string_view name, std::string_view text) {
  for (const auto& line : step_lines(mark, name, text, screen_.live_look())) screen_.note(line);
}

void TerminalProgress::show_finished(std::string_view name, const ItemResult& result) {
  screen_.note(item_line(name, result, screen_.live_look()));
}

void TerminalProgress::end() {
  BoardProgress::end();
  screen_.live({});
}

LineProgress::LineProgress(Screen& screen, const Clock& clock, std::chrono::milliseconds heartbeat)
    : BoardProgress(clock), screen_(screen), ticker_(heartbeat, [this] { beat(); }) {}

void LineProgress::beat() {
  const std::lock_guard lock(mutex_);
  if (board_.working()) screen_.note("  ... " + board_.heartbeat(clock_.steady()));
}

void LineProgress::begin(std::string_view database, std::string_view from, std::string_view to) {
  screen_.note(heading_line(database, from, to, screen_.err().look));
}

void LineProgress::step(Mark mark, std::string_view name, std::string_view text) {
  screen_.note(step_line(mark, name, text, screen_.err().look));
}

void LineProgress::show_finished(std::string_view name, const ItemResult& result) {
  screen_.note(item_line(name, result, screen_.err().look));
}

LogProgress::LogProgress(Log& log, const Clock& clock, std::chrono::milliseconds heartbeat,
                         LogFields about)
    : BoardProgress(clock),
      log_(log),
      about_(std::move(about)),
      ticker_(heartbeat, [this] { beat(); }) {}

void LogProgress::write(LogLevel level, std::string_view message, LogFields fields) {
  fields.insert(fields.end(), about_.begin(), about_.end());
  log_.write(level, message, fields);
}

void LogProgress::beat() {
  const std::lock_guard lock(mutex_);
  if (board_.working()) {
    write(LogLevel::info, "at work", {{"progress", board_.heartbeat(clock_.steady())}});
  }
}

void LogProgress::begin(std::string_view database, std::string_view from, std::string_view to) {
  LogFields fields{{"from", std::string(from)}, {"to", std::string(to)}};
  if (about_.empty()) fields.insert(fields.begin(), {"database", std::string(database)});
  write(LogLevel::info, "begin", std::move(fields));
}

void LogProgress::step(Mark mark, std::string_view name, std::string_view text) {
  auto level = LogLevel::info;
  if (mark == Mark::warning) level = LogLevel::warning;
  if (mark == Mark::failed) level = LogLevel::error;
  write(level, text, {{"step", std::string(name)}});
}

void LogProgress::show_finished(std::string_view name, const ItemResult& result) {
  LogFields fields{{"collection", std::string(name)},
                   {"documents", std::to_string(result.documents)},
                   {"bytes", std::to_string(result.bytes.count)},
                   {"copy_ms", std::to_string(result.copy_time.count())},
                   {"indexes", std::to_string(result.indexes)},
                   {"index_ms", std::to_string(result.index_time.count())}};
  if (!result.note.empty()) fields.emplace_back("note", result.note);
  write(LogLevel::info, "collection done", std::move(fields));
}

std::unique_ptr<Progress> make_progress(Screen& screen, const Clock& clock, Log& log,
                                        LogFormat format) {
  if (format == LogFormat::json) return std::make_unique<LogProgress>(log, clock);
  if (screen.err().live) return std::make_unique<TerminalProgress>(screen, clock);
  return std::make_unique<LineProgress>(screen, clock);
}

}  // namespace tidegate::cli
