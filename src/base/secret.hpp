#pragma once

/// Text that must not be seen: it prints as `***`, and what leaves the program is searched for it.

#include <mutex>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidegate {

/// A password, token or connection string. reveal() may be called only in adapters
/// (tools/check_layers.py checks it).
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

/// Knows every secret of the process and takes them out of any text. Thread safe.
/// Each is recognised plain, percent-encoded (every byte of it or only some, upper and lower hex,
/// `+` for a space), and JSON-escaped. Text shorter than 4 bytes is not learnt by itself, since it
/// would blank out ordinary words; a connection string learns its password whatever its length
/// where it stands between `:` and `@`.
class Redactor {
 public:
  void learn(const Secret& secret);
  /// Learns the password part of a URI in all its spellings, and the URI as a whole where it has a
  /// user or a parameter that holds a secret (`…Password=`, `…token=`); a URI without either is not
  /// secret. Also takes libpq's `keyword=value` text, and learns its passwords as written and
  /// without their backslashes.
  void learn_uri(const Secret& uri);
  /// The text with every secret replaced by `***`, and any `scheme://user:password@` and
  /// `password=value` with the password replaced, learnt or not.
  std::string clean(std::string_view text) const;

 private:
  void learn_text(std::string text);
  void learn_password(std::string_view raw);
  void learn_pairs(const Secret& text);
  mutable std::mutex mutex_;
  std::vector<std::string> known_;  // longest first, so that no part of a longer one remains
  std::vector<std::string> short_passwords_;  // `:pw@`, with the marks around it
};

/// `a b` → `a%20b`: every byte outside RFC 3986's unreserved set.
std::string percent_encode(std::string_view text);
/// The inverse; a `%` that begins no valid escape stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace tidegate
