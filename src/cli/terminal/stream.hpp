#pragma once

/// Facts about the process's streams: a terminal or not, its width, the characters it shows.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cli/terminal/text.hpp"

namespace tidegate::cli {

/// The environment as a function, so that tests need not change their own.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
/// The process's own.
std::optional<std::string> process_environment(std::string_view name);

/// Whether the locale that the environment names (LC_ALL, else LC_CTYPE, else LANG) is a UTF-8 one.
bool locale_is_utf8(const Environment& environment);

struct Stream {
  OutputStyle look;
  bool terminal = false;  ///< the stream is one
  bool live = false;      ///< lines may be redrawn: a terminal that is not `dumb`
};

/// @param tty what isatty() says; @param columns of the terminal, 0 when unknown.
/// Glyphs only on a UTF-8 terminal; colour not with NO_COLOR or TERM=dumb.
Stream describe_stream(bool tty, int columns, const Environment& environment);
/// The same for a descriptor of this process.
Stream describe_descriptor(int descriptor, const Environment& environment);

struct Size {
  int columns = 0, rows = 0;  ///< 0: unknown
};
Size terminal_size(int descriptor);

}  // namespace tidegate::cli
