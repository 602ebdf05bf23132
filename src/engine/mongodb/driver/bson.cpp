#include "engine/mongodb/driver/bson.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/error.hpp"

namespace tidegate::engine::mongodb {
namespace {

int length_of(std::string_view text) { return static_cast<int>(text.size()); }

std::string as_json(const bson_t* document, char* (*convert)(const bson_t*, size_t*)) {
  const std::unique_ptr<char, decltype(&bson_free)> text(convert(document, nullptr), &bson_free);
  if (!text) throw Error(ErrorKind::internal, "a document cannot be written as JSON");
  return text.get();
}

}  // namespace

Bson::Bson() : document_(bson_new()) {}
Bson::Bson(const Bson& other) : document_(bson_copy(other.document_)) {}
Bson::Bson(Bson&& other) noexcept : document_(std::exchange(other.document_, bson_new())) {}
Bson& Bson::operator=(Bson other) noexcept {
  std::swap(document_, other.document_);
  return *this;
}
Bson::~Bson() { bson_destroy(document_); }

Bson Bson::copy_of(const bson_t* document) { return Bson(bson_copy(document)); }

Bson Bson::take(bson_t& document) {
  Bson result = copy_of(&document);
  bson_destroy(&document);
  bson_init(&document);
  return result;
}

Bson Bson::from_json(std::string_view json) {
  bson_error_t error;
  bson_t* parsed = bson_new_from_json(reinterpret_cast<const std::uint8_t*>(json.data()),
                                      static_cast<ssize_t>(json.size()), &error);
  if (!parsed)
    throw Error(ErrorKind::internal, fmt::format("not Extended JSON: {}", error.message));
  return Bson(parsed);
}

Bson Bson::from_base64(std::string_view text) {
  std::vector<std::uint8_t> bytes(text.size());
  const int length = EVP_DecodeBlock(
      bytes.data(), reinterpret_cast<const std::uint8_t*>(text.data()), length_of(text));
  // The decoder counts the padding; the document knows its own length.
  bson_t view;
  std::uint32_t own_length = 0;
  for (std::size_t i = 0; length >= 5 && i < 4; ++i) {
    own_length |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
  }
  if (length < 5 || own_length > static_cast<std::uint32_t>(length) ||
      !bson_init_static(&view, bytes.data(), own_length)) {
    throw Error(ErrorKind::internal, "not a BSON document in base64");
  }
  return copy_of(&view);
}

Bson Bson::array(const std::vector<Bson>& documents) {
  Bson result;
  for (std::size_t i = 0; i < documents.size(); ++i) result.add(std::to_string(i), documents[i]);
  return result;
}

Bson Bson::strings(const std::vector<std::string>& texts) {
  Bson result;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    result.add(std::to_string(i), std::string_view(texts[i]));
  }
  return result;
}

Bson& Bson::add(std::string_view key, std::string_view value) {
  bson_append_utf8(document_, key.data(), length_of(key), value.data(), length_of(value));
  return *this;
}
Bson& Bson::add(std::string_view key, const Bson& document) {
  bson_append_document(document_, key.data(), length_of(key), document.document_);
  return *this;
}
Bson& Bson::add(std::string_view key, SystemTime value) {
  bson_append_date_time(document_, key.data(), length_of(key), value.time_since_epoch().count());
  return *this;
}
Bson& Bson::add(std::string_view key, ClusterTime value) {
  bson_append_timestamp(document_, key.data(), length_of(key), value.seconds, value.increment);
  return *this;
}
Bson& Bson::add(std::string_view key, double value) {
  bson_append_double(document_, key.data(), length_of(key), value);
  return *this;
}
Bson& Bson::add_array(std::string_view key, const Bson& array) {
  bson_append_array(document_, key.data(), length_of(key), array.document_);
  return *this;
}
Bson& Bson::add_null(std::string_view key) {
  bson_append_null(document_, key.data(), length_of(key));
  return *this;
}
Bson& Bson::add_value(std::string_view key, const bson_iter_t& iterator) {
  bson_append_iter(document_, key.data(), length_of(key), &iterator);
  return *this;
}
Bson& Bson::add_bool(std::string_view key, bool value) {
  bson_append_bool(document_, key.data(), length_of(key), value);
  return *this;
}
Bson& Bson::add_int32(std::string_view key, std::int32_t value) {
  bson_append_int32(document_, key.data(), length_of(key), value);
  return *this;
}
Bson& Bson::add_int64(std::string_view key, std::int64_t value) {
  bson_append_int64(document_, key.data(), length_of(key), value);
  return *this;
}

std::optional<bson_iter_t> Bson::at(std::string_view path) const {
  bson_iter_t start, found;
  if (!bson_iter_init(&start, document_)) return std::nullopt;
  if (!bson_iter_find_descendant(&start, std::string(path).c_str(), &found)) return std::nullopt;
  return found;
}

std::string Bson::text(std::string_view path) const {
  const auto found = at(path);
  if (!found || !BSON_ITER_HOLDS_UTF8(&*found)) return {};
  std::uint32_t length = 0;
  const char* text = bson_iter_utf8(&*found, &length);
  return {text, length};
}

std::int64_t Bson::number(std::string_view path) const {
  const auto found = at(path);
  return found ? bson_iter_as_int64(&*found) : 0;
}

bool Bson::truth(std::string_view path) const {
  const auto found = at(path);
  return found && bson_iter_as_bool(&*found);
}

std::optional<SystemTime> Bson::time(std::string_view path) const {
  const auto found = at(path);
  if (!found || !BSON_ITER_HOLDS_DATE_TIME(&*found)) return std::nullopt;
  return SystemTime{std::chrono::milliseconds{bson_iter_date_time(&*found)}};
}

std::optional<ClusterTime> Bson::cluster_time(std::string_view path) const {
  const auto found = at(path);
  if (!found || !BSON_ITER_HOLDS_TIMESTAMP(&*found)) return std::nullopt;
  ClusterTime time;
  bson_iter_timestamp(&*found, &time.seconds, &time.increment);
  return time;
}

Bson Bson::document(std::string_view path) const {
  const auto found = at(path);
  std::uint32_t length = 0;
  const std::uint8_t* data = nullptr;
  if (found && BSON_ITER_HOLDS_DOCUMENT(&*found)) bson_iter_document(&*found, &length, &data);
  if (found && BSON_ITER_HOLDS_ARRAY(&*found)) bson_iter_array(&*found, &length, &data);
  bson_t view;
  if (!data || !bson_init_static(&view, data, length)) return {};
  return copy_of(&view);
}

std::vector<Bson> Bson::documents(std::string_view path) const {
  const Bson array = document(path);
  std::vector<Bson> result;
  for (const auto& key : array.keys()) {
    // Keys of an array are numbers, so that none is taken for a path.
    if (const auto found = array.at(key); found && BSON_ITER_HOLDS_DOCUMENT(&*found)) {
      result.push_back(array.document(key));
    }
  }
  return result;
}

std::vector<std::string> Bson::texts(std::string_view path) const {
  const Bson array = document(path);
  std::vector<std::string> result;
  for (const auto& key : array.keys()) result.push_back(array.text(key));
  return result;
}

std::vector<std::string> Bson::keys() const {
  std::vector<std::string> result;
  bson_iter_t iterator;
  if (!bson_iter_init(&iterator, document_)) return result;
  while (bson_iter_next(&iterator)) result.emplace_back(bson_iter_key(&iterator));
  return result;
}

std::string Bson::uuid(std::string_view path) const {
  const auto found = at(path);
  if (!found || !BSON_ITER_HOLDS_BINARY(&*found)) return {};
  bson_subtype_t subtype;
  std::uint32_t length = 0;
  const std::uint8_t* data = nullptr;
  bson_iter_binary(&*found, &subtype, &length, &data);
  if (length != 16) return {};
  std::string hex;
  for (std::uint32_t i = 0; i < length; ++i) hex += fmt::format("{:02x}", data[i]);
  return hex;
}

Bson Bson::without(const std::vector<std::string_view>& keys) const {
  Bson result;
  bson_iter_t iterator;
  if (!bson_iter_init(&iterator, document_)) return result;
  while (bson_iter_next(&iterator)) {
    const std::string_view key = bson_iter_key(&iterator);
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) result.add_value(key, iterator);
  }
  return result;
}

bool Bson::empty() const { return bson_empty(document_); }
std::string Bson::json() const { return as_json(document_, bson_as_canonical_extended_json); }
std::string Bson::base64() const {
  std::string text(4 * ((document_->len + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<std::uint8_t*>(text.data()),
                                     bson_get_data(document_), static_cast<int>(document_->len));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string Bson::relaxed_json() const { return as_json(document_, bson_as_relaxed_extended_json); }

}  // namespace tidegate::engine::mongodb
