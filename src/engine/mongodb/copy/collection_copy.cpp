#include "engine/mongodb/copy/collection_copy.hpp"

namespace tidegate::engine::mongodb {

Bson ReadPoint::concern() const {
  if (!time) return doc("level", "majority");
  return doc("level", "snapshot", "atClusterTime", *time);
}

Content CollectionCopy::content() const {
  Content content;
  content.name = name;
  content.type = is_view() ? "view" : "collection";
  content.definition = definition.text();
  content.indexes = static_cast<int>(definition.indexes.size());
  content.checksum = checksum;
  content.verified = verified;
  if (recorded) {
    content.documents = recorded->documents;
    content.bytes = recorded->bytes;
  } else if (source_sum) {
    content.documents = source_sum->documents;
    content.bytes = source_sum->bytes;
  }
  return content;
}

}  // namespace tidegate::engine::mongodb
