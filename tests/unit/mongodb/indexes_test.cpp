#include "engine/mongodb/copy/indexes.hpp"

#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

bool unusual(const char* json) { return is_unusual(Bson::from_json(json)); }

TEST(Indexes, OfEveryDocumentedKindAreUsual) {
  for (
      const char* json : {
          R"({"v": 2, "key": {"a": 1, "b": -1}, "name": "a_1_b_-1", "unique": true, "sparse": true})",
          R"({"v": 1, "key": {"a": 1.0}, "name": "old", "ns": "d.c", "background": true})",
          R"({"v": 2, "key": {"a": 1}, "name": "ttl", "expireAfterSeconds": 60, "hidden": true})",
          R"({"v": 2, "key": {"a": "hashed"}, "name": "h"})",
          R"({"v": 2, "key": {"_fts": "text", "_ftsx": 1}, "name": "t", "weights": {"a": 1},
               "default_language": "english", "language_override": "language", "textIndexVersion": 3})",
          R"({"v": 2, "key": {"p": "2d"}, "name": "p", "bits": 26, "min": -180, "max": 180})",
          R"({"v": 2, "key": {"p": "2dsphere"}, "name": "s", "2dsphereIndexVersion": 3})",
          R"({"v": 2, "key": {"$**": 1}, "name": "w", "wildcardProjection": {"a": 1}})",
          R"({"v": 2, "key": {"a": 1}, "name": "p", "partialFilterExpression": {"a": {"$gt": 1}},
               "collation": {"locale": "en"}})",
      }) {
    EXPECT_FALSE(unusual(json)) << json;
  }
}

TEST(Indexes, OfFormerVersionsAreUnusual) {
  for (const char* json : {
           R"({"v": 1, "key": {"a": 1}, "name": "a_1", "safe": true})",
           R"({"v": 1, "key": {"a": 1}, "name": "a_1", "dropDups": true})",
           R"({"v": 1, "key": {"a": "geoHaystack", "b": 1}, "name": "g"})",
           R"({"v": 1, "key": {"a": true}, "name": "a_true"})",
           R"({"v": 1, "key": {"a": 0}, "name": "a_0"})",
           R"({"v": 0, "key": {"a": 1}, "name": "a_1"})",
           R"({"v": 1, "key": {"a": ""}, "name": "a_"})",
       }) {
    EXPECT_TRUE(unusual(json)) << json;
  }
}

}  // namespace
}  // namespace tidegate::engine::mongodb
