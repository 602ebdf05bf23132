#pragma once

/// What a run says while it works. Runs report facts; how they look is the sink's business (a live
/// terminal, lines, JSON).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate {

enum class Mark { ok, warning, failed };

/// What became of one collection or table.
struct ItemResult {
  std::int64_t documents = 0;
  Bytes bytes;
  std::chrono::milliseconds copy_time{0};
  int indexes = 0;  ///< built, `_id_` included
  std::chrono::milliseconds index_time{0};
  std::string note;  ///< e.g. `unchanged`; empty when there is nothing to add
};

/// Thread safe: the copies of several collections report at once. No call throws.
class Progress {
 public:
  virtual ~Progress() = default;
  /// The run begins: `database` is the configured name, `from` and `to` say what goes where, in
  /// words.
  virtual void begin(std::string_view database, std::string_view from, std::string_view to) = 0;
  /// One line about a step that is done: (`rights`, `producer reads syrftest, …`).
  virtual void step(Mark mark, std::string_view name, std::string_view text) = 0;
  /// How much is to be done in all; may be told again when the run starts over (then counting
  /// starts over too).
  virtual void expect(int items, std::int64_t documents, Bytes bytes) = 0;
  virtual void item_started(std::string_view name, std::int64_t documents, Bytes bytes) = 0;
  /// So far; `phase` is what is being done with it (`copy`, `indexes`, `verify`).
  virtual void item_advanced(std::string_view name, std::string_view phase,
                             std::int64_t documents) = 0;
  virtual void item_finished(std::string_view name, const ItemResult& result) = 0;
  /// The run ends, well or not: live lines go away.
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
