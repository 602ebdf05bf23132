#include "engine/mongodb/copy/definition.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::string_view k_binary = "bson:";

bool comes_back(const std::string& json, const Bson& original) {
  try {
    return Bson::from_json(json) == original;
  } catch (const Error&) {
    return false;
  }
}

/// Shells of old wrote `unique: 1`; servers of today make it `true`.
Bson normalised(const Bson& index) {
  Bson result = index.without({"ns", "background", "unique", "sparse", "hidden"});
  for (const auto* flag : {"unique", "sparse", "hidden"}) {
    if (index.truth(flag)) result.add(flag, true);
  }
  return result;
}

std::vector<std::string> comparable(const std::vector<Bson>& indexes) {
  std::vector<std::string> texts;
  for (const auto& index : indexes) texts.push_back(normalised(index).json());
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

std::string Definition::text() const {
  const Bson whole = doc("type", std::string_view(type), "options", options)
                         .add_array("indexes", Bson::array(indexes));
  auto json = whole.json();
  return comes_back(json, whole) ? json : std::string(k_binary) + whole.base64();
}

Definition Definition::read(const std::string& text) {
  try {
    const Bson parsed = text.starts_with(k_binary)
                            ? Bson::from_base64(std::string_view(text).substr(k_binary.size()))
                            : Bson::from_json(text);
    return {parsed.text("type"), parsed.document("options"), parsed.documents("indexes")};
  } catch (const Error& error) {
    throw Error(ErrorKind::remote,
                "the metadata holds a definition that cannot be read: " + error.message(),
                "take the snapshot again");
  }
}

bool Definition::has_ttl() const {
  return options.has("expireAfterSeconds") || std::any_of(indexes.begin(), indexes.end(), is_ttl);
}

bool Definition::equals(const Definition& other) const {
  return type == other.type && same_options(options, other.options) &&
         comparable(indexes) == comparable(other.indexes);
}

bool same_options(const Bson& a, const Bson& b) {
  auto keys = a.keys();
  auto others = b.keys();
  std::sort(keys.begin(), keys.end());
  std::sort(others.begin(), others.end());
  if (keys != others) return false;
  Bson sorted_a, sorted_b;
  for (const auto& key : keys) {
    sorted_a.add_value(key, *a.at(key));
    sorted_b.add_value(key, *b.at(key));
  }
  return sorted_a == sorted_b;
}

Bson replayable(const Bson& index, const Bson& collection_options) {
  if (!collection_options.has("collation") || index.has("collation")) return index.without({"ns"});
  return index.without({"ns"}).add("collation", doc("locale", "simple"));
}

Bson without_ttl(const Bson& index) { return index.without({"expireAfterSeconds"}); }

}  // namespace tidegate::engine::mongodb
