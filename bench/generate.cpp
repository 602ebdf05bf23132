#include "bench/generate.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "bench/driver.hpp"

namespace tidegate::bench {
namespace {

// splitmix64: small, and the same on every platform, which std::uniform_… is not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(limit));
  }
  bool chance(int percent) { return below(100) < percent; }
  double real() { return static_cast<double>(next() >> 11U) / 9007199254740992.0; }

 private:
  std::uint64_t state_;
};

/// Prose to cut pieces from: compresses about as well as real abstracts do.
const std::string& prose() {
  static const std::string text = [] {
    static const char* const words[] = {
        "study",      "animal",    "model",   "of",     "ischaemia", "the",       "treatment",
        "with",       "was",       "outcome", "risk",   "bias",      "random",    "blinded",
        "allocation", "and",       "in",      "cortex", "infarct",   "reduction", "dose",
        "cohort",     "screening", "a",       "review", "included",  "rats",      "mice",
        "control",    "effect",    "Zürich",  "naïve"};
    Random random(42);
    std::string result;
    while (result.size() < 1'000'000) {
      result += words[random.below(32)];
      result += random.chance(8) ? std::to_string(random.below(100000)) + " " : " ";
    }
    return result;
  }();
  return text;
}

/// A piece of about `size` bytes, whole characters only.
std::string piece(Random& random, std::int64_t size) {
  const auto& text = prose();
  auto start = static_cast<std::size_t>(
      random.below(static_cast<std::int64_t>(text.size()) - std::min<std::int64_t>(size, 500'000)));
  auto end = std::min(text.size(), start + static_cast<std::size_t>(size));
  const auto inside = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (inside(start)) ++start;
  while (inside(end)) --end;
  return text.substr(start, end - start);
}

struct Shape {
  const char* name;
  double share;       ///< of all bytes
  std::int64_t size;  ///< of one document's text
  enum class Id { uuid, object_id, number, text, compound } id;
};

constexpr Shape k_shapes[] = {
    {"pmStudy", 0.52, 2600, Shape::Id::uuid},
    {"pmSystematicSearch", 0.11, 9000, Shape::Id::uuid},
    {"pmRiskOfBiasAiJob", 0.09, 1500, Shape::Id::uuid},
    {"pmStudyCorrection", 0.07, 700, Shape::Id::object_id},
    {"pmPotential", 0.06, 300, Shape::Id::number},
    {"pmProject", 0.05, 16000, Shape::Id::uuid},
    {"pmInvestigatorUsage", 0.04, 200, Shape::Id::compound},
    {"pmProjectDailyStat", 0.03, 60, Shape::Id::text},
    {"pmDataExportJob", 0.015, 1200, Shape::Id::object_id},
    {"pmInvestigator", 0.01, 500, Shape::Id::uuid},
    {"pmInvestigatorEmail", 0.005, 40, Shape::Id::text},
};

void append(bson_t* document, const char* key, const std::string& text) {
  bson_append_utf8(document, key, -1, text.data(), static_cast<int>(text.size()));
}

void append_uuid(bson_t* document, const char* key, Random& random) {
  std::uint64_t words[2] = {random.next(), random.next()};
  bson_append_binary(document, key, -1, BSON_SUBTYPE_UUID,
                     reinterpret_cast<const std::uint8_t*>(words), 16);
}

void append_id(bson_t* document, const Shape& shape, std::int64_t number, Random& random) {
  switch (shape.id) {
    case Shape::Id::uuid:
      return append_uuid(document, "_id", random);
    case Shape::Id::number:
      bson_append_int64(document, "_id", -1, number);
      return;
    case Shape::Id::text:
      return append(document, "_id", shape.name + std::string("/") + std::to_string(number));
    case Shape::Id::object_id: {
      bson_oid_t oid;
      const auto big = static_cast<std::uint64_t>(number);
      for (std::size_t i = 0; i < 12; ++i) {
        oid.bytes[i] = static_cast<std::uint8_t>(i < 4 ? 0x65 : big >> (8 * (11 - i)));
      }
      bson_append_oid(document, "_id", -1, &oid);
      return;
    }
    case Shape::Id::compound: {
      bson_t id;
      bson_append_document_begin(document, "_id", -1, &id);
      bson_append_int64(&id, "investigator", -1, number / 30);
      bson_append_int32(&id, "day", -1, static_cast<std::int32_t>(number % 30));
      bson_append_document_end(document, &id);
      return;
    }
  }
}

/// A field whose type differs from document to document, as years of schema changes leave it.
void append_mixed(bson_t* document, const char* key, Random& random) {
  switch (random.below(7)) {
    case 0:
      bson_append_int32(document, key, -1, static_cast<std::int32_t>(random.below(1000)));
      break;
    case 1:
      bson_append_int64(document, key, -1, random.below(1LL << 40));
      break;
    case 2:
      bson_append_double(document, key, -1, random.real() * 1000);
      break;
    case 3:
      append(document, key, piece(random, 20));
      break;
    case 4:
      bson_append_null(document, key, -1);
      break;
    case 5: {
      bson_decimal128_t decimal;
      bson_decimal128_from_string("12345.678", &decimal);
      bson_append_decimal128(document, key, -1, &decimal);
      break;
    }
    default:
      bson_append_bool(document, key, -1, random.chance(50));
  }
}

void append_annotations(bson_t* document, Random& random, std::int64_t room) {
  bson_t list;
  bson_append_array_begin(document, "annotations", -1, &list);
  const auto count = random.below(6);
  for (std::int64_t i = 0; i < count; ++i) {
    bson_t item;
    bson_append_document_begin(&list, std::to_string(i).c_str(), -1, &item);
    append_uuid(&item, "annotator", random);
    append_mixed(&item, "answer", random);
    append(&item, "notes", piece(random, room / 12 + 4));
    bson_append_document_end(&list, &item);
  }
  bson_append_array_end(document, &list);
}

/// Thirty documents of an investigator share one; mail addresses and codes must be unique.
void fill(bson_t* document, const Shape& shape, std::int64_t number, Random& random) {
  append_id(document, shape, number, random);
  append(document, "code", std::string(shape.name + 2) + "-" + std::to_string(number));
  append_uuid(document, "projectId", random);
  const std::int64_t since = 1'500'000'000'000;
  bson_append_date_time(document, "createdAt", -1, since + random.below(300'000'000'000));
  bson_append_int32(document, "status", -1, static_cast<std::int32_t>(random.below(5)));
  bson_append_bool(document, "archived", -1, random.chance(10));
  append_mixed(document, "legacy", random);
  // Skewed: most are near half the size, a few are many times as large.
  const auto size = random.chance(3) ? shape.size * 6 : shape.size / 3 + random.below(shape.size);
  append(document, "text", piece(random, size));
  if (shape.size >= 300) append_annotations(document, random, shape.size);
  bson_t nested;
  bson_append_document_begin(document, "audit", -1, &nested);
  bson_append_int32(&nested, "version", -1, static_cast<std::int32_t>(random.below(40)));
  append(&nested, "by", "user" + std::to_string(random.below(500)));
  bson_append_document_end(document, &nested);
}

constexpr std::int64_t k_chunk = 2000;  // documents of one seed

/// Hands out chunks, largest collections first, until each collection has its bytes.
class Filler {
 public:
  Filler(std::string uri, std::string database, const DataSet& data)
      : uri_(std::move(uri)), database_(std::move(database)), data_(data) {}

  Generated fill_all() {
    std::vector<std::thread> threads;
    for (int i = 0; i < std::max(1, data_.threads); ++i) {
      threads.emplace_back([this] { work(); });
    }
    for (auto& thread : threads) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    return {documents_.load(), bytes_.load()};
  }

 private:
  // A thread's border: a failure is handed to the one that waits.
  void work() {
    try {
      Connection connection(uri_);
      for (auto part = next_part_++; part < k_parts; part = next_part_++) {
        fill_part(connection, k_shapes[part % 11], part / 11);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
    }
  }

  // Each collection in eight parts, so that two threads share the largest one; a part's contents
  // depend on nothing but seed, collection and part.
  void fill_part(Connection& connection, const Shape& shape, std::size_t part) {
    const auto goal = static_cast<std::int64_t>(static_cast<double>(data_.bytes) * shape.share / 8);
    Random random(data_.seed * 1'000'003 + part * 101 + static_cast<std::uint64_t>(shape.name[2]) +
                  static_cast<std::uint64_t>(shape.size) * 7919);
    auto* collection =
        mongoc_client_get_collection(connection.raw(), database_.c_str(), shape.name);
    std::int64_t written = 0;
    std::int64_t number = static_cast<std::int64_t>(part) << 32U;
    while (written < goal)
      written += insert_batch(collection, shape, number, goal - written, random);
    mongoc_collection_destroy(collection);
  }

  std::int64_t insert_batch(mongoc_collection_t* collection, const Shape& shape,
                            std::int64_t& number, std::int64_t room, Random& random) {
    bson_t options = BSON_INITIALIZER;
    bson_append_bool(&options, "ordered", -1, false);
    auto* bulk = mongoc_collection_create_bulk_operation_with_opts(collection, &options);
    bson_destroy(&options);
    std::int64_t bytes = 0;
    std::int64_t documents = 0;
    while (documents < k_chunk && bytes < std::min<std::int64_t>(room, 8'000'000)) {
      bson_t document = BSON_INITIALIZER;
      fill(&document, shape, number++, random);
      bytes += document.len;
      ++documents;
      mongoc_bulk_operation_insert(bulk, &document);
      bson_destroy(&document);
    }
    bson_t reply;
    bson_error_t error;
    const auto worked = mongoc_bulk_operation_execute(bulk, &reply, &error);
    bson_destroy(&reply);
    mongoc_bulk_operation_destroy(bulk);
    if (worked == 0) throw std::runtime_error(std::string(shape.name) + ": " + error.message);
    documents_ += documents;
    bytes_ += bytes;
    return bytes;
  }

  static constexpr std::size_t k_parts = 88;
  std::string uri_, database_;
  DataSet data_;
  std::atomic<std::size_t> next_part_{0};
  std::atomic<std::int64_t> documents_{0}, bytes_{0};
  std::mutex mutex_;
  std::exception_ptr failure_;
};

Json options_of(const std::string& name) {
  if (name == "pmProject") {
    return Json::parse(R"({"validator": {"$jsonSchema": {"bsonType": "object",
      "required": ["code", "createdAt"], "properties": {"code": {"bsonType": "string"},
      "createdAt": {"bsonType": "date"}, "status": {"bsonType": "int", "minimum": 0}}}},
      "validationLevel": "moderate", "validationAction": "error"})");
  }
  if (name == "pmInvestigator") {
    return Json::parse(R"({"validator": {"status": {"$type": "int"}}})");
  }
  return Json::object();
}

Json index(const char* name, const char* keys, const char* more = "{}") {
  Json result = {{"key", Json::parse(keys)}, {"name", name}};
  result.update(Json::parse(more));
  return result;
}

Json indexes_of(const std::string& name) {
  Json result = Json::array();
  result.push_back(index("project_created", R"({"projectId": 1, "createdAt": -1})"));
  if (name == "pmStudy") {
    result.push_back(index("annotator", R"({"annotations.annotator": 1})"));
    result.push_back(index("active", R"({"status": 1, "createdAt": 1})",
                           R"({"partialFilterExpression": {"archived": false}})"));
  } else if (name == "pmInvestigatorEmail" || name == "pmProject") {
    result.push_back(index("code_unique", R"({"code": 1})", R"({"unique": true})"));
  } else if (name == "pmInvestigator") {
    result.push_back(index("by_nocase", R"({"audit.by": 1})",
                           R"({"collation": {"locale": "en", "strength": 2}})"));
    result.push_back(index("legacy_sparse", R"({"legacy": 1})", R"({"sparse": true})"));
  } else if (name == "pmProjectDailyStat") {
    result.push_back(index("hidden", R"({"status": -1})", R"({"hidden": true})"));
  } else {
    result.push_back(index("status", R"({"status": 1})"));
  }
  return result;
}

}  // namespace

const std::vector<std::string>& collection_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const auto& shape : k_shapes) result.emplace_back(shape.name);
    std::sort(result.begin(), result.end());
    return result;
  }();
  return names;
}

Generated generate(const std::string& uri, const std::string& database, const DataSet& data) {
  Connection connection(uri);
  connection.command(database, {{"dropDatabase", 1}});
  for (const auto& name : collection_names()) {
    Json create = {{"create", name}};
    create.update(options_of(name));
    connection.command(database, create);
  }
  const auto result = Filler(uri, database, data).fill_all();
  if (data.indexes) {
    for (const auto& name : collection_names()) {
      connection.command(database, {{"createIndexes", name}, {"indexes", indexes_of(name)}});
    }
  }
  if (data.views) {
    connection.command(database, Json::parse(R"({"create": "activeProjects", "viewOn": "pmProject",
      "pipeline": [{"$match": {"archived": false}}]})"));
    connection.command(database, Json::parse(R"({"create": "activeProjectCodes",
      "viewOn": "activeProjects", "pipeline": [{"$project": {"code": 1}}]})"));
  }
  return result;
}

}  // namespace tidegate::bench
