#pragma once

/// The definition of a collection or view, without its documents: the text that stands in
/// `contents[].definition`.

#include <string>
#include <vector>

#include "engine/mongodb/driver/bson.hpp"

namespace tidegate::engine::mongodb {

/// `options` as listCollections tells them (a view: viewOn, pipeline, collation), `indexes` as
/// listIndexes does, `_id_` included, with the true expireAfterSeconds.
struct Definition {
  std::string type = "collection";
  Bson options;
  std::vector<Bson> indexes;

  /// {"type", "options", "indexes"} as canonical Extended JSON: text, because `$` in field names is
  /// refused in updates. Where JSON does not bring back the same ({$type: [...]}, {$regex, $ne}):
  /// `bson:` and base64.
  std::string text() const;
  /// @throws Error remote: the text is not such a document.
  static Definition read(const std::string& text);

  /// Whether the server removes documents by itself: a TTL index, or a clustered collection's own.
  bool has_ttl() const;
  bool is_view() const { return type == "view"; }
  /// Same options and same indexes, whatever the order of either. Fields that the server adds by
  /// itself do not count (`ns`, `background`).
  bool equals(const Definition& other) const;
};

/// Same options in any order: servers list them in an order of their own, which says nothing.
bool same_options(const Bson& a, const Bson& b);

/// The index as createIndexes must be told it: in a collection with a default collation, a simple
/// index is listed without one and would inherit it, so {locale: "simple"} is added.
Bson replayable(const Bson& index, const Bson& collection_options);
Bson without_ttl(const Bson& index);
inline bool is_ttl(const Bson& index) { return index.has("expireAfterSeconds"); }

}  // namespace tidegate::engine::mongodb
