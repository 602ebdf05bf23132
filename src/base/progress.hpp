#pragma once

/// Progress reports of a run. A run reports facts; the implementation decides how to show them
/// (live terminal, lines, JSON).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate {

enum class Mark { ok, warning, failed };

/// The result for one collection or table.
struct ItemResult {
  std::int64_t documents = 0;
  Bytes bytes;
  std::chrono::milliseconds copy_time{0};
  int indexes = 0;  ///< built, `_id_` included
  std::chrono::milliseconds index_time{0};
  std::string note;  ///< e.g. `unchanged`; may be empty
};

/// Thread safe: several collections are copied and reported at the same time. No call throws.
class Progress {
 public:
  virtual ~Progress() = default;
  /// The run begins. `database` is its configured name; `from` and `to` describe source and
  /// destination for people.
  virtual void begin(std::string_view database, std::string_view from, std::string_view to) = 0;
  /// Reports one finished step, e.g. (`rights`, `producer reads syrftest, …`).
  virtual void step(Mark mark, std::string_view name, std::string_view text) = 0;
  /// The total amount of work. A run that starts over calls it again, and counting restarts at
  /// zero.
  virtual void expect(int items, std::int64_t documents, Bytes bytes) = 0;
  virtual void item_started(std::string_view name, std::int64_t documents, Bytes bytes) = 0;
  /// The count so far; `phase` is the current activity (`copy`, `indexes`, `verify`).
  virtual void item_advanced(std::string_view name, std::string_view phase,
                             std::int64_t documents) = 0;
  virtual void item_finished(std::string_view name, const ItemResult& result) = 0;
  /// The run ends, with or without success; live lines are removed.
  virtual void end() = 0;
};

class SilentProgress final : public Progress {
 public:
  void begin(std::string_view, std::string_view, std::string_view) override {}
  void step(Mark, std::string_view, std::string_view) override {}
  void expect(int, std::int64_t, Bytes) override {}
  void item_started(std::string_view, std::int64_t, Bytes) override {}
  void item_advanced(std::string_view, std::string_view, std::int64_t) override {}
  void item_finished(std::string_view, const ItemResult&) override {}
  void end() override {}
};

}  // namespace tidegate
