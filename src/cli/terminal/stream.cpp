#include "cli/terminal/stream.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace tidegate::cli {
namespace {

constexpr int k_widest_line = 100;
constexpr int k_narrowest_line = 20;

}  // namespace

std::optional<std::string> process_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

bool locale_is_utf8(const Environment& environment) {
  for (const auto* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    auto value = environment(name).value_or("");
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

Stream describe_stream(bool tty, int columns, const Environment& environment) {
  Stream stream;
  stream.terminal = tty;
  const bool dumb = environment("TERM").value_or("dumb") == "dumb";
  stream.live = tty && !dumb;
  stream.look.unicode = tty && locale_is_utf8(environment);
  stream.look.colour = stream.live && environment("NO_COLOR").value_or("").empty();
  // A terminal wraps when its last column is written, some of them at once: one column stays free.
  if (tty && columns > 0) {
    stream.look.width = std::clamp(columns - 1, k_narrowest_line, k_widest_line);
  }
  return stream;
}

Stream describe_descriptor(int descriptor, const Environment& environment) {
  return describe_stream(::isatty(descriptor) == 1, terminal_size(descriptor).columns, environment);
}

Size terminal_size(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace tidegate::cli
