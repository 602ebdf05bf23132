#include "cli/terminal/progress_board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/duration.hpp"

namespace tidegate::cli {
namespace {

constexpr int k_step_name = 11;
constexpr int k_item_name = 22;
constexpr int k_mark_word = 7;
/// A rate from a shorter time is not shown.
constexpr std::chrono::milliseconds k_first_estimate{1500};

std::string_view spinner(SteadyTime now, const OutputStyle& look) {
  using std::chrono::milliseconds;
  static constexpr std::array<std::string_view, 10> k_braille{"⠋", "⠙", "⠹", "⠸", "⠼",
                                                              "⠴", "⠦", "⠧", "⠇", "⠏"};
  static constexpr std::array<std::string_view, 4> k_plain{"|", "/", "-", "\\"};
  const auto tick = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count() / 100;
  const auto frame = static_cast<std::size_t>(std::max<std::int64_t>(0, tick));
  return look.unicode ? k_braille[frame % k_braille.size()] : k_plain[frame % k_plain.size()];
}

int percent(double share) { return static_cast<int>(std::floor(share * 100)); }

int bar_cells(const OutputStyle& look) {
  if (look.width >= 80) return 18;
  return look.width >= 60 ? 8 : 0;
}

/// An estimate, so no fractions of a second.
std::string left_text(std::chrono::milliseconds left) {
  if (left < std::chrono::minutes{1}) return fmt::format("{} s left", left.count() / 1000);
  return to_text(left) + " left";
}

std::string rate_text(double bytes_per_second) {
  return to_text(Bytes{static_cast<std::int64_t>(bytes_per_second)}) + "/s";
}

/// Parts in columns, as many as fit the width: a part that would be cut off is left out whole.
std::string joined(std::string line, const std::vector<std::string>& parts,
                   const OutputStyle& look) {
  for (const auto& part : parts) {
    if (part.empty()) continue;
    if (display_width(line) + 3 + display_width(part) > look.width) break;
    line += "   " + part;
  }
  return clipped(line, look.width, look);
}

std::string phase_text(std::string_view phase) {
  if (phase == "indexes") return "building indexes";
  if (phase == "verify") return "verifying";
  return std::string(phase);
}

}  // namespace

std::string heading_line(std::string_view database, std::string_view from, std::string_view to,
                         const OutputStyle& look) {
  std::string line = coloured(printable(database), Colour::bold, look);
  if (!from.empty() || !to.empty()) line += "   " + printable(from);
  if (!from.empty() && !to.empty()) line += look.unicode ? "  →  " : "  ->  ";
  return line + printable(to);
}

std::string mark_text(Mark mark, const OutputStyle& look) {
  switch (mark) {
    case Mark::ok:
      return look.unicode ? coloured("✓", Colour::green, look) : padded("ok", k_mark_word);
    case Mark::warning:
      return look.unicode ? coloured("!", Colour::yellow, look) : padded("warning", k_mark_word);
    case Mark::failed:
      break;
  }
  return look.unicode ? coloured("✗", Colour::red, look) : padded("failed", k_mark_word);
}

std::string step_line(Mark mark, std::string_view name, std::string_view text,
                      const OutputStyle& look) {
  return fmt::format("  {} {} {}", mark_text(mark, look), padded(printable(name), k_step_name),
                     printable(text));
}

std::vector<std::string> step_lines(Mark mark, std::string_view name, std::string_view text,
                                    const OutputStyle& look) {
  const int column = 2 + (look.unicode ? 1 : k_mark_word) + 1 +
                     std::max(k_step_name, display_width(printable(name))) + 1;
  auto lines = wrapped(printable(text), look.width, std::min(column, look.width / 2));
  if (lines.empty()) lines.emplace_back();
  const auto first = lines.front().find_first_not_of(' ');
  lines.front() = step_line(
      mark, name, first == std::string::npos ? std::string() : lines.front().substr(first), look);
  return lines;
}

std::string item_line(std::string_view name, const ItemResult& result, const OutputStyle& look) {
  const auto mark = result.note == "differs" ? Mark::failed : Mark::ok;
  auto line = fmt::format("  {} {} {:>11} {} {:>8}", mark_text(mark, look),
                          padded(printable(name), k_item_name), group_digits(result.documents),
                          padded(result.documents == 1 ? "document" : "documents", 9),
                          to_text(result.bytes));
  if (result.copy_time.count() > 0) {
    line += fmt::format(" {:>9}", to_text(result.copy_time));
  } else if (!result.note.empty()) {
    line += std::string(10, ' ');  // what follows stays in its column
  }
  // One index is `_id`'s own, which every collection has: nothing was built after the copy.
  if (result.indexes > 1 && result.index_time.count() > 0) {
    line += fmt::format("   {} in {}",
                        result.indexes == 1 ? "1 index" : group_digits(result.indexes) + " indexes",
                        to_text(result.index_time));
  }
  if (!result.note.empty()) line += "   " + printable(result.note);
  return line;
}

std::string bar(double share, int cells, const OutputStyle& look) {
  const double full = std::clamp(share, 0.0, 1.0) * cells;
  if (!look.unicode) {
    const auto done = static_cast<std::size_t>(full);
    return "[" + std::string(done, '#') + std::string(static_cast<std::size_t>(cells) - done, ' ') +
           "]";
  }
  static constexpr std::array<std::string_view, 8> k_eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string text = "▕";
  int used = 0;
  for (; used < static_cast<int>(full); ++used) text += "█";
  const auto eighth = static_cast<std::size_t>((full - std::floor(full)) * 8);
  if (eighth > 0 && used < cells) {
    text += k_eighths[eighth];
    ++used;
  }
  return text + std::string(static_cast<std::size_t>(cells - used), ' ') + "▏";
}

std::string progress_count(std::int64_t done, std::int64_t total) {
  if (total >= 100'000) {
    return fmt::format("{:.1f} of {:.1f} M", static_cast<double>(done) / 1e6,
                       static_cast<double>(total) / 1e6);
  }
  return fmt::format("{} of {}", group_digits(done), group_digits(total));
}

double ProgressBoard::Item::share() const {
  if (phase != "copy") return 1.0;
  if (documents <= 0) return 0.0;
  return std::clamp(static_cast<double>(done) / static_cast<double>(documents), 0.0, 1.0);
}

void ProgressBoard::expect(int items, std::int64_t documents, Bytes bytes, SteadyTime now) {
  clear();
  expected_items_ = items;
  expected_documents_ = documents;
  expected_bytes_ = bytes;
  since_ = now;
}

void ProgressBoard::clear() {
  live_.clear();
  expected_items_ = finished_ = 0;
  expected_documents_ = 0;
  expected_bytes_ = finished_bytes_ = Bytes{};
}

ProgressBoard::Item* ProgressBoard::find(std::string_view name) {
  const auto at =
      std::find_if(live_.begin(), live_.end(), [&](const Item& item) { return item.name == name; });
  return at == live_.end() ? nullptr : &*at;
}

void ProgressBoard::item_started(std::string_view name, std::int64_t documents, Bytes bytes,
                                 SteadyTime now) {
  if (auto* again = find(name)) {
    again->phase = "copy";
    again->done = 0;
    again->started = now;
    return;
  }
  Item item;
  item.name = std::string(name);
  item.documents = documents;
  item.bytes = bytes;
  item.started = now;
  live_.push_back(std::move(item));
}

void ProgressBoard::item_advanced(std::string_view name, std::string_view phase,
                                  std::int64_t documents) {
  if (auto* item = find(name)) {
    item->phase = std::string(phase);
    item->done = documents;
  }
}

void ProgressBoard::item_finished(std::string_view name, const ItemResult& result) {
  const auto* item = find(name);
  // The expected size is added, not the actual one, so that the total ends at exactly 100 %.
  finished_bytes_ += item != nullptr ? item->bytes : result.bytes;
  ++finished_;
  live_.erase(std::remove_if(live_.begin(), live_.end(),
                             [&](const Item& each) { return each.name == name; }),
              live_.end());
}

ProgressBoard::Pace ProgressBoard::pace(double done, double all, SteadyTime since, SteadyTime now) {
  Pace pace;
  if (all <= 0) return pace;
  pace.share = std::clamp(done / all, 0.0, 1.0);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - since);
  if (elapsed < k_first_estimate || done <= 0) return pace;
  pace.bytes_per_second = done * 1000.0 / static_cast<double>(elapsed.count());
  const double seconds = (all - done) / pace.bytes_per_second;
  pace.left = std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(seconds)) * 1000};
  return pace;
}

ProgressBoard::Pace ProgressBoard::total_pace(SteadyTime now) const {
  double done = static_cast<double>(finished_bytes_.count);
  for (const auto& item : live_) done += item.bytes_done();
  auto total = pace(done, static_cast<double>(expected_bytes_.count), since_, now);
  if (finished_ < expected_items_) total.share = std::min(total.share, 0.99);
  return total;
}

std::string ProgressBoard::item_picture(const Item& item, SteadyTime now, const OutputStyle& look) {
  const int name_width = look.width >= 60 ? k_item_name : std::max(8, look.width / 3);
  std::string line = fmt::format("  {} {}", spinner(now, look),
                                 padded(clipped(item.name, name_width, look), name_width));
  if (item.phase != "copy") return joined(line, {phase_text(item.phase)}, look);
  const auto so_far =
      pace(item.bytes_done(), static_cast<double>(item.bytes.count), item.started, now);
  const double share = item.share();
  if (const int cells = bar_cells(look); cells > 0) line += " " + bar(share, cells, look);
  line += fmt::format(" {:>3} %", percent(share));
  std::vector<std::string> parts{padded(progress_count(item.done, item.documents), 14)};
  if (so_far.bytes_per_second > 0) {
    parts.push_back(padded(rate_text(so_far.bytes_per_second), 8, Align::right));
    if (share < 1) parts.push_back(left_text(so_far.left));
  }
  line = joined(line, parts, look);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string ProgressBoard::total_picture(SteadyTime now, const OutputStyle& look) const {
  const auto total = total_pace(now);
  const int name_width = look.width >= 60 ? k_item_name : std::max(8, look.width / 3);
  std::string line = "    " + padded("total", name_width);
  if (const int cells = bar_cells(look); cells > 0) line += " " + bar(total.share, cells, look);
  line += fmt::format(" {:>3} %", percent(total.share));
  std::vector<std::string> parts{
      padded(fmt::format("{} of {} done", finished_, expected_items_), 14)};
  if (total.bytes_per_second > 0) {
    parts.push_back(padded(rate_text(total.bytes_per_second), 8, Align::right));
    if (total.left.count() > 0) parts.push_back(left_text(total.left));
  }
  line = joined(line, parts, look);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::vector<std::string> ProgressBoard::live_lines(SteadyTime now, const OutputStyle& look,
                                                   int rows) const {
  std::vector<std::string> lines;
  if (!working()) return lines;
  const auto shown = std::min(live_.size(), static_cast<std::size_t>(std::max(1, rows - 2)));
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(item_picture(live_[i], now, look));
  const int begun = finished_ + static_cast<int>(shown);
  if (begun < expected_items_) {
    lines.push_back(fmt::format("    {} more {}", expected_items_ - begun,
                                shown < live_.size() ? "at work or waiting" : "waiting"));
  }
  if (expected_items_ > 1) lines.push_back(total_picture(now, look));
  for (auto& line : lines) line = clipped(line, look.width, look);
  return lines;
}

std::string ProgressBoard::heartbeat(SteadyTime now) const {
  const auto total = total_pace(now);
  std::string text = fmt::format("{} of {} done, {} %", finished_,
                                 counted(expected_items_, "collection"), percent(total.share));
  if (total.bytes_per_second > 0) {
    text += ", " + rate_text(total.bytes_per_second);
    if (total.left.count() > 0) text += ", " + left_text(total.left);
  }
  std::string separator = "; at work: ";
  for (const auto& item : live_) {
    text += separator + printable(item.name) + " ";
    text +=
        item.phase == "copy" ? fmt::format("{} %", percent(item.share())) : phase_text(item.phase);
    separator = ", ";
  }
  return text;
}

}  // namespace tidegate::cli
