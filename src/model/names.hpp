#pragma once

/// model: tidegate's nouns and rules as pure values. No clock, no I/O, no library of any engine.
/// This file: the names of things. Each is valid by construction.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate {

enum class EngineKind { mongodb, postgresql };

std::string_view to_text(EngineKind kind);
std::optional<EngineKind> parse_engine_kind(std::string_view text);

/// Name of a database on a server: 1 to 63 bytes without NUL. On MongoDB also none of space,
/// `/ \ . " $ * < > : | ?` ("Naming Restrictions": the Windows set, so that a name works on every
/// server); PostgreSQL takes any other byte. Compared exactly with ==; use same_database() where a
/// server would see the same database.
class DatabaseName {
 public:
  /// @throws Error config: what is wrong with the text.
  explicit DatabaseName(std::string_view text, EngineKind kind = EngineKind::mongodb);
  const std::string& text() const noexcept { return text_; }
  friend auto operator<=>(const DatabaseName&, const DatabaseName&) = default;

 private:
  std::string text_;
};

/// Whether a server that folds case (MongoDB does) takes the two for one database. Case of ASCII
/// letters is folded.
bool same_database(const DatabaseName& a, const DatabaseName& b);

/// A pull request's number: 1 to 2147483647.
class PullNumber {
 public:
  /// ASCII digits only, no sign, no leading zero, no space. @returns nothing otherwise.
  static std::optional<PullNumber> parse(std::string_view digits);
  std::int32_t value() const noexcept { return value_; }
  friend auto operator<=>(const PullNumber&, const PullNumber&) = default;

 private:
  explicit PullNumber(std::int32_t value) : value_(value) {}
  std::int32_t value_;
};

/// The placeholder for a pull request's number in names, addresses and folders.
constexpr std::string_view k_number_mark = "{number}";

/// The pattern of preview databases' names: a name with `{number}` in it exactly once.
class NamePattern {
 public:
  /// @throws Error config: no or several `{number}`, or no valid database name with the longest
  /// number in it.
  explicit NamePattern(std::string_view text, EngineKind kind = EngineKind::mongodb);
  const std::string& text() const noexcept { return text_; }
  DatabaseName name_of(PullNumber number) const;
  /// The number in a name that is *exactly* of the pattern (`syrf_pr_42`, not `syrf_pr_042`, not
  /// `SYRF_PR_42`).
  std::optional<PullNumber> number_in(const DatabaseName& name) const;

 private:
  std::string text_, before_, after_;
  EngineKind kind_;
};

/// A target as a user names it on the command line: `pr-42`, or the name of a configured target
/// (`staging`). `text` as typed; `number` only for previews.
struct TargetName {
  std::string text;
  std::optional<PullNumber> number;
};

/// `pr-42` → preview 42; any other text is a name of its own, except one that looks like a preview
/// but is not
/// (`pr-042`, `PR-7`, `pr-`, `pr-0`, `pr-4 2`), for which nothing is returned.
std::optional<TargetName> parse_target(std::string_view text);

}  // namespace tidegate
