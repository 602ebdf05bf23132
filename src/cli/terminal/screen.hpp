#pragma once

/// The one writer of standard output and standard error: permanent lines, and a block of live lines
/// that stays below them. Everything but documents passes through the redactor.

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"
#include "cli/terminal/stream.hpp"

namespace tidegate::cli {

/// Thread safe. Does not throw: a stream whose reader is gone is no reason to stop a run.
class Screen {
 public:
  /// The output of bytes, and the size of the window now (asked for at each redraw, since it may
  /// change at any time); tests pass their own.
  using Sink = std::function<void(std::string_view bytes)>;
  using Window = std::function<Size()>;

  Screen(const Redactor& redactor, Stream out, Stream err);
  Screen(const Redactor& redactor, Stream out, Stream err, Sink to_out, Sink to_err, Window window);

  const Stream& out() const { return out_; }
  const Stream& err() const { return err_; }
  /// `err`'s look with the width that it has now.
  OutputStyle live_look() const;
  int live_rows() const;

  /// A part of the result, on standard output, with a newline. Live lines go away before it.
  void result(std::string_view text);
  /// A document for other programs, on standard output, byte for byte. Only for text that is made
  /// without resolved secrets: the redactor would change placeholders in it.
  void document(std::string_view text);
  /// A line about what happens, on standard error.
  void note(std::string_view line);
  /// Replaces the live lines. Nothing happens where the stream cannot show them.
  void live(const std::vector<std::string>& lines);

 private:
  std::string erased();  // the bytes that take the live block away

  const Redactor& redactor_;
  Stream out_, err_;
  Sink to_out_, to_err_;
  Window window_;
  std::mutex mutex_;
  std::vector<int> drawn_;  // widths of the live lines that stand
};

/// Writes all of it to a descriptor; gives up on an error.
void write_all(int descriptor, std::string_view bytes);

}  // namespace tidegate::cli
