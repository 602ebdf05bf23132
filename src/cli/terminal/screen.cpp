#include "cli/terminal/screen.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tidegate::cli {

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

Screen::Screen(const Redactor& redactor, Stream out, Stream err)
    : Screen(
          redactor, out, err, [](std::string_view bytes) { write_all(STDOUT_FILENO, bytes); },
          [](std::string_view bytes) { write_all(STDERR_FILENO, bytes); },
          [] { return terminal_size(STDERR_FILENO); }) {}

Screen::Screen(const Redactor& redactor, Stream out, Stream err, Sink to_out, Sink to_err,
               Window window)
    : redactor_(redactor),
      out_(out),
      err_(err),
      to_out_(std::move(to_out)),
      to_err_(std::move(to_err)),
      window_(std::move(window)) {}

OutputStyle Screen::live_look() const {
  auto look = err_.look;
  if (const auto columns = window_().columns; columns > 0) {
    look.width = std::clamp(columns - 1, 20, 100);
  }
  return look;
}

int Screen::live_rows() const {
  const auto rows = window_().rows;
  return rows > 0 ? std::max(3, rows - 2) : 20;
}

// A window that has become narrower has folded the lines: they take more rows than were written.
std::string Screen::erased() {
  if (drawn_.empty()) return {};
  const int columns = window_().columns;
  int rows = 0;
  for (const int width : drawn_) {
    rows += columns > 0 ? std::max(1, (width + columns - 1) / columns) : 1;
  }
  drawn_.clear();
  return fmt::format("\r\x1b[{}A\x1b[J", rows);
}

void Screen::result(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (const auto bytes = erased(); !bytes.empty()) to_err_(bytes);
  to_out_(redactor_.clean(text) + "\n");
}

void Screen::document(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (const auto bytes = erased(); !bytes.empty()) to_err_(bytes);
  to_out_(text);
}

void Screen::note(std::string_view line) {
  const std::lock_guard lock(mutex_);
  to_err_(erased() + redactor_.clean(line) + "\n");
}

void Screen::live(const std::vector<std::string>& lines) {
  if (!err_.live) return;
  const std::lock_guard lock(mutex_);
  if (lines.empty() && drawn_.empty()) return;
  std::string bytes = erased();
  for (const auto& line : lines) {
    const auto clean = redactor_.clean(line);
    bytes += clean + "\n";
    drawn_.push_back(display_width(clean));
  }
  to_err_(bytes);
}

}  // namespace tidegate::cli
