#pragma once

/// Secrets: they print as `***`, and the redactor removes them from every text that leaves the
/// program.

#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidegate {

/// A password, token or connection string. Only adapters may call reveal() (tools/check_layers.py
/// checks this).
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

 private:
  std::string value_;
};

/// Knows every secret of the process and removes them from any text. Thread safe.
/// A secret is recognised as plain text, percent-encoded (all bytes or only some, upper or lower
/// case hex, `+` for a space) and JSON-escaped. A text of fewer than 4 bytes is not learnt, because
/// it would blank out ordinary words. The exception is a password in a connection string: whatever
/// its length, it is recognised between `:` and `@`.
class Redactor {
 public:
  void learn(const Secret& secret);
  /// Learns the password of a URI in all its spellings, and the whole URI when it has a user or a
  /// parameter that holds a secret (`…Password=`, `…token=`). A URI with neither is not secret. For
  /// libpq's `keyword=value` text it learns the passwords as written and without backslashes.
  void learn_uri(const Secret& uri);
  /// The text with every secret replaced by `***`. The password in any `scheme://user:password@`
  /// and `password=value` is replaced as well, even when it was never learnt.
  std::string clean(std::string_view text) const;

 private:
  void learn_text(std::string text);
  void learn_password(std::string_view raw);
  void learn_pairs(const Secret& text);
  mutable std::mutex mutex_;
  std::vector<std::string> known_;  // longest first, so that no part of a longer one remains
  std::vector<std::string> short_passwords_;  // `:pw@`, including the delimiters
};

/// `a b` → `a%20b`: every byte outside RFC 3986's unreserved set.
std::string percent_encode(std::string_view text);
/// The inverse; a `%` that does not begin a valid escape is kept.
std::string percent_decode(std::string_view text);

}  // namespace tidegate
