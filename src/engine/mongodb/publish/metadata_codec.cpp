#include "engine/mongodb/publish/metadata_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/utc.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::engine::mongodb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> k_times{"timestamp", "startedAt", "finishedAt", "since",
                                                  "at"};
constexpr std::array<std::string_view, 2> k_wide{"documents", "bytes"};

template <std::size_t Size>
bool among(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool fits_int32(std::int64_t number) {
  return number >= std::numeric_limits<std::int32_t>::min() &&
         number <= std::numeric_limits<std::int32_t>::max();
}

void add_json(Bson& to, std::string_view key, const Json& value);

Bson from_json(const Json& json) {
  Bson result;
  if (json.is_array()) {
    std::size_t index = 0;
    for (const auto& value : json) add_json(result, std::to_string(index++), value);
    return result;
  }
  for (const auto& [key, value] : json.items()) add_json(result, key, value);
  return result;
}

void add_text(Bson& to, std::string_view key, const std::string& text) {
  const auto time = among(k_times, key) ? parse_rfc3339(text) : std::nullopt;
  if (time) {
    to.add(key, *time);
  } else {
    to.add(key, std::string_view(text));
  }
}

void add_json(Bson& to, std::string_view key, const Json& value) {
  if (value.is_object()) {
    to.add(key, from_json(value));
  } else if (value.is_array()) {
    to.add_array(key, from_json(value));
  } else if (value.is_string()) {
    add_text(to, key, value.get<std::string>());
  } else if (value.is_boolean()) {
    to.add(key, value.get<bool>());
  } else if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (among(k_wide, key) || !fits_int32(number)) {
      to.add(key, number);
    } else {
      to.add(key, static_cast<std::int32_t>(number));
    }
  } else if (value.is_number()) {
    to.add(key, value.get<double>());
  }
}

Json to_json_value(const bson_iter_t& iterator);

Json to_json_tree(bson_iter_t children, Json result) {
  while (bson_iter_next(&children)) {
    Json value = to_json_value(children);
    if (value.is_null()) continue;
    if (result.is_array()) {
      result.push_back(std::move(value));
    } else {
      result[bson_iter_key(&children)] = std::move(value);
    }
  }
  return result;
}

// The shell writes every plain number as a double.
Json number_of(double number) {
  constexpr double k_exact = 9007199254740992.0;  // 2^53
  if (std::trunc(number) == number && std::abs(number) <= k_exact) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

Json to_json_value(const bson_iter_t& iterator) {
  bson_iter_t children;
  std::uint32_t length = 0;
  switch (bson_iter_type(&iterator)) {
    case BSON_TYPE_UTF8: {
      const char* text = bson_iter_utf8(&iterator, &length);
      return std::string(text, length);
    }
    case BSON_TYPE_DATE_TIME:
      return to_rfc3339(SystemTime{std::chrono::milliseconds{bson_iter_date_time(&iterator)}});
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64:
      return bson_iter_as_int64(&iterator);
    case BSON_TYPE_DOUBLE:
      return number_of(bson_iter_double(&iterator));
    case BSON_TYPE_BOOL:
      return bson_iter_bool(&iterator);
    case BSON_TYPE_DOCUMENT:
      bson_iter_recurse(&iterator, &children);
      return to_json_tree(children, Json::object());
    case BSON_TYPE_ARRAY:
      bson_iter_recurse(&iterator, &children);
      return to_json_tree(children, Json::array());
    default:  // of no meaning in metadata
      return nullptr;
  }
}

Json json_of(const Bson& document) {
  const Bson fields = document.without({"_id"});
  bson_iter_t children;
  bson_iter_init(&children, fields.raw());
  return to_json_tree(children, Json::object());
}

}  // namespace

Bson to_bson(const Metadata& metadata) {
  Bson result = doc("_id", k_latest_id);
  const auto fields = to_json(metadata, Definitions::include);
  for (const auto& [key, value] : fields.items()) {
    add_json(result, key, value);
  }
  return result;
}

Metadata metadata_told(const Bson& document, std::string_view database) {
  return metadata_as_told(json_of(document),
                          fmt::format("the metadata of '{}' cannot be read", database));
}

}  // namespace tidegate::engine::mongodb
