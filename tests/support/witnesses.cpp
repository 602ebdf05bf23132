#include "support/witnesses.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace tidegate::test {

void RecordingProgress::begin(std::string_view, std::string_view, std::string_view) {}

void RecordingProgress::step(Mark mark, std::string_view name, std::string_view text) {
  constexpr std::array<std::string_view, 3> k_words{"ok", "warning", "failed"};
  const std::scoped_lock lock(mutex_);
  steps_.push_back(
      fmt::format("{} {}: {}", k_words.at(static_cast<std::size_t>(mark)), name, text));
}

void RecordingProgress::expect(int, std::int64_t, Bytes) {}
void RecordingProgress::item_started(std::string_view, std::int64_t, Bytes) {}
void RecordingProgress::item_advanced(std::string_view, std::string_view, std::int64_t) {}
void RecordingProgress::item_finished(std::string_view, const ItemResult&) {}
void RecordingProgress::end() { ++ended_; }

std::vector<std::string> RecordingProgress::steps() const {
  const std::scoped_lock lock(mutex_);
  return steps_;
}

std::string RecordingProgress::text() const { return fmt::format("{}", fmt::join(steps(), "\n")); }

void MemoryJournal::started(const journal::RunRecord& record) {
  if (broken) throw Error(ErrorKind::config, "the disk is full");
  begun.push_back(record);
}

void MemoryJournal::finished(const journal::RunRecord& record) {
  if (broken) throw Error(ErrorKind::config, "the disk is full");
  ended.push_back(record);
}

std::vector<journal::RunRecord> MemoryJournal::recent(int) { return ended; }

WitnessedRun::WitnessedRun(const Clock& clock, std::optional<std::chrono::milliseconds> limit,
                           Mode mode)
    : log(LogLevel::info, LogFormat::text, redactor,
          [this](std::string_view line) { lines.emplace_back(line); }),
      run(make_run_id(clock), clock, log, progress, stop.get_token(), limit, mode) {}

}  // namespace tidegate::test
