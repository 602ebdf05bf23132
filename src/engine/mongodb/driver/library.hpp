#pragma once

/// The MongoDB client library's life, and its log.

#include "base/log.hpp"

namespace tidegate::engine::mongodb {

/// Made once in a program before the first Server, and destroyed after the last: the library cannot
/// be started again. Its own errors go to `log` as warnings, its warnings as debug lines; all else
/// is dropped.
class Library {
 public:
  /// `log` outlives this. @throws Error internal: there has been one already.
  explicit Library(Log& log);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

/// Whether a thread still waits for a server that was given up. The library is not cleaned up then,
/// and the process is to end at once.
bool any_left_alone();

}  // namespace tidegate::engine::mongodb
