#pragma once

/// BSON as a value: owned, built in one expression, read by dotted path. A thin layer over libbson
/// and no more.

#include <bson/bson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace tidegate::engine::mongodb {

/// A cluster time: seconds and increment.
struct ClusterTime {
  std::uint32_t seconds = 0;
  std::uint32_t increment = 0;
  friend auto operator<=>(const ClusterTime&, const ClusterTime&) = default;
};

/// An owned document (or array). Keys keep their order. Copying copies.
class Bson {
 public:
  Bson();
  Bson(const Bson& other);
  Bson(Bson&& other) noexcept;
  Bson& operator=(Bson other) noexcept;
  ~Bson();

  static Bson copy_of(const bson_t* document);
  /// Takes the contents of an initialised document, which is left empty.
  static Bson take(bson_t& document);
  /// Extended JSON, either form. @throws Error internal: not JSON.
  static Bson from_json(std::string_view json);
  /// The bytes of base64(). @throws Error internal: not such bytes.
  static Bson from_base64(std::string_view text);
  static Bson array(const std::vector<Bson>& documents);
  static Bson strings(const std::vector<std::string>& texts);

  Bson& add(std::string_view key, std::string_view value);
  Bson& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
  Bson& add(std::string_view key, const Bson& document);
  Bson& add(std::string_view key, SystemTime value);
  Bson& add(std::string_view key, ClusterTime value);
  Bson& add(std::string_view key, double value);
  Bson& add_array(std::string_view key, const Bson& array);
  Bson& add_null(std::string_view key);
  /// The value that an iterator stands on, whatever its type.
  Bson& add_value(std::string_view key, const bson_iter_t& iterator);
  template <class Integer>
  requires std::is_integral_v<Integer> Bson& add(std::string_view key, Integer value) {
    if constexpr (std::is_same_v<Integer, bool>) {
      return add_bool(key, value);
    } else if constexpr (sizeof(Integer) <= 4 && std::is_signed_v<Integer>) {
      return add_int32(key, value);
    } else {
      return add_int64(key, static_cast<std::int64_t>(value));
    }
  }

  /// An iterator at a dotted path; nothing when it is not there.
  std::optional<bson_iter_t> at(std::string_view path) const;
  bool has(std::string_view path) const { return at(path).has_value(); }
  std::string text(std::string_view path) const;     ///< empty when absent or of another type
  std::int64_t number(std::string_view path) const;  ///< any numeric type or bool; 0 when absent
  bool truth(std::string_view path) const;           ///< by the server's notion; false when absent
  std::optional<SystemTime> time(std::string_view path) const;
  std::optional<ClusterTime> cluster_time(std::string_view path) const;
  Bson document(std::string_view path) const;                   ///< empty when absent; arrays too
  std::vector<Bson> documents(std::string_view path) const;     ///< the documents of an array
  std::vector<std::string> texts(std::string_view path) const;  ///< the strings of an array
  std::vector<std::string> keys() const;
  /// A UUID's 16 bytes as 32 hex digits; empty when absent or not a UUID.
  std::string uuid(std::string_view path) const;
  /// The document without these top-level fields.
  Bson without(const std::vector<std::string_view>& keys) const;

  bool empty() const;
  std::string json() const;  ///< canonical Extended JSON
  std::string relaxed_json() const;
  std::string base64() const;
  const bson_t* raw() const noexcept { return document_; }
  friend bool operator==(const Bson& a, const Bson& b) {
    return bson_equal(a.document_, b.document_);
  }

 private:
  explicit Bson(bson_t* owned) : document_(owned) {}
  Bson& add_bool(std::string_view key, bool value);
  Bson& add_int32(std::string_view key, std::int32_t value);
  Bson& add_int64(std::string_view key, std::int64_t value);
  bson_t* document_;
};

/// `doc("a", 1, "b", "x")` → {a: 1, b: "x"}
inline void add_all(Bson&) {}
template <class Value, class... Rest>
void add_all(Bson& bson, std::string_view key, Value&& value, Rest&&... rest) {
  bson.add(key, std::forward<Value>(value));
  add_all(bson, std::forward<Rest>(rest)...);
}
template <class... Parts>
Bson doc(Parts&&... parts) {
  Bson bson;
  add_all(bson, std::forward<Parts>(parts)...);
  return bson;
}

}  // namespace tidegate::engine::mongodb
