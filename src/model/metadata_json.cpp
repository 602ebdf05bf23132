#include "model/metadata_json.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/error.hpp"
#include "base/utc.hpp"

namespace tidegate {
namespace {

using Json = nlohmann::ordered_json;

Error unreadable(const std::string& field, std::string_view what) {
  return {ErrorKind::remote, fmt::format("the metadata document's '{}' {}", field, what),
          "the document was not written by tidegate, or by a newer one; take the snapshot or fill "
          "the target again"};
}

Json content_to_json(const Content& content, Definitions definitions) {
  Json json{{"name", content.name},
            {"documents", content.documents},
            {"bytes", content.bytes.count},
            {"indexes", content.indexes}};
  if (!content.checksum.empty()) json["checksum"] = content.checksum;
  if (!content.input_checksum.empty()) json["inputChecksum"] = content.input_checksum;
  json["type"] = content.type;
  json["verified"] = to_text(content.verified);
  if (!content.note.empty()) json["note"] = content.note;
  if (definitions == Definitions::include && !content.definition.empty()) {
    json["definition"] = content.definition;
  }
  return json;
}

// A field's reader; `where` is the path of the object, for messages.
class Reader {
 public:
  Reader(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object())
      throw unreadable(where_.empty() ? "document" : where_, "is not an object");
  }

  const Json* find(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }

  std::string path(const char* key) const { return where_.empty() ? key : where_ + "." + key; }

  const Json& need(const char* key) const {
    const auto* found = find(key);
    if (found == nullptr) throw unreadable(path(key), "is missing");
    return *found;
  }

  std::string need_text(const char* key) const { return as_text(need(key), key); }

  std::string text(const char* key, std::string otherwise = {}) const {
    const auto* found = find(key);
    return found == nullptr ? std::move(otherwise) : as_text(*found, key);
  }

  std::int64_t number(const char* key, std::int64_t otherwise = 0) const {
    const auto* found = find(key);
    if (found == nullptr) return otherwise;
    // Other writers may have stored a double.
    if (found->is_number_float()) {
      const auto value = found->get<double>();
      if (value >= -9e15 && value <= 9e15 &&
          static_cast<double>(static_cast<std::int64_t>(value)) == value) {
        return static_cast<std::int64_t>(value);
      }
      throw unreadable(path(key), "is not a whole number");
    }
    if (!found->is_number_integer()) throw unreadable(path(key), "is not a number");
    if (found->is_number_unsigned() &&
        found->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
      throw unreadable(path(key), "is too large");
    }
    return found->get<std::int64_t>();
  }

  std::int32_t small_number(const char* key, std::int32_t otherwise = 0) const {
    const auto value = number(key, otherwise);
    if (value < std::numeric_limits<std::int32_t>::min() ||
        value > std::numeric_limits<std::int32_t>::max()) {
      throw unreadable(path(key), "is too large");
    }
    return static_cast<std::int32_t>(value);
  }

  SystemTime need_time(const char* key) const { return as_time(need(key), key); }

  SystemTime time(const char* key) const {
    const auto* found = find(key);
    return found == nullptr ? SystemTime{} : as_time(*found, key);
  }

  template <typename Value>
  Value choice(const char* key, std::optional<Value> (*parse)(std::string_view),
               Value otherwise) const {
    const auto* found = find(key);
    if (found == nullptr) return otherwise;
    const auto value = as_text(*found, key);
    const auto parsed = parse(value);
    if (!parsed) throw unreadable(path(key), fmt::format("has the unknown value '{}'", value));
    return *parsed;
  }

  std::vector<std::string> need_texts(const char* key) const {
    const auto& list = need(key);
    if (!list.is_array()) throw unreadable(path(key), "is not a list");
    std::vector<std::string> texts;
    for (const auto& item : list) {
      if (!item.is_string()) throw unreadable(path(key), "has something other than text in it");
      texts.push_back(item.get<std::string>());
    }
    return texts;
  }

 private:
  std::string as_text(const Json& json, const char* key) const {
    if (!json.is_string()) throw unreadable(path(key), "is not text");
    return json.get<std::string>();
  }

  SystemTime as_time(const Json& json, const char* key) const {
    const auto text = as_text(json, key);
    const auto time = parse_rfc3339(text);
    if (!time) throw unreadable(path(key), fmt::format("is not a time: '{}'", text));
    return *time;
  }

  const Json& json_;
  std::string where_;
};

Content content_from_json(const Json& json, std::size_t position) {
  const Reader read(json, fmt::format("contents[{}]", position));
  Content content;
  content.name = read.need_text("name");
  content.documents = read.number("documents");
  content.bytes = Bytes{read.number("bytes")};
  content.indexes = read.small_number("indexes");
  content.checksum = read.text("checksum");
  content.type = read.text("type", content.type);
  content.verified = read.choice("verified", parse_verified, Verified::none);
  content.definition = read.text("definition");
  content.input_checksum = read.text("inputChecksum");
  content.note = read.text("note");
  return content;
}

// An engine's own: JSON as a rule, and readable as such.
Json notes_to_json(const std::string& notes) {
  auto json = Json::parse(notes, nullptr, false);
  return json.is_discarded() ? Json(notes) : json;
}

std::string notes_in(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.dump();
}

// The application's own number or text.
std::string schema_version(const Reader& read) {
  const auto* found = read.find("schemaVersion");
  if (found != nullptr && found->is_number()) return found->dump();
  return read.text("schemaVersion");
}

std::optional<LockRecord> lock_in(const Reader& read) {
  const auto* locked = read.find("locked");
  if (locked == nullptr) return std::nullopt;
  const Reader part(*locked, "locked");
  return LockRecord{part.text("label"), part.time("since")};
}

std::optional<FailureRecord> failure_in(const Reader& read) {
  const auto* failure = read.find("lastFailure");
  if (failure == nullptr) return std::nullopt;
  const Reader part(*failure, "lastFailure");
  return FailureRecord{part.text("run"),     part.time("at"),   part.text("kind"),
                       part.text("message"), part.text("hint"), part.text("commit")};
}

void read_optional_parts(const Reader& read, Metadata& metadata) {
  if (const auto* tool = read.find("tool")) {
    const Reader part(*tool, "tool");
    metadata.tool_name = part.text("name");
    metadata.tool_version = part.text("version");
  }
  if (const auto* snapshot = read.find("snapshot")) {
    const Reader part(*snapshot, "snapshot");
    metadata.snapshot =
        SnapshotOrigin{part.text("run"), part.time("timestamp"), part.text("source")};
  }
  if (const auto* pull_request = read.find("pullRequest")) {
    const Reader part(*pull_request, "pullRequest");
    metadata.pull_request = PullRequestOrigin{part.text("repository"), part.small_number("number"),
                                              part.text("commit")};
  }
  metadata.locked = lock_in(read);
  metadata.last_failure = failure_in(read);
}

Json failure_to_json(const FailureRecord& failure) {
  Json json{{"run", failure.run},
            {"at", to_rfc3339(failure.at)},
            {"kind", failure.kind},
            {"message", failure.message}};
  if (!failure.hint.empty()) json["hint"] = failure.hint;
  if (!failure.commit.empty()) json["commit"] = failure.commit;
  return json;
}

void write_optional_parts(const Metadata& metadata, Json& json) {
  if (metadata.snapshot) {
    json["snapshot"] = Json{{"run", metadata.snapshot->run},
                            {"timestamp", to_rfc3339(metadata.snapshot->timestamp)},
                            {"source", metadata.snapshot->source}};
  }
  if (metadata.pull_request) {
    json["pullRequest"] = Json{{"repository", metadata.pull_request->repository},
                               {"number", metadata.pull_request->number},
                               {"commit", metadata.pull_request->commit}};
  }
  if (metadata.locked) {
    json["locked"] =
        Json{{"label", metadata.locked->label}, {"since", to_rfc3339(metadata.locked->since)}};
  }
  if (metadata.last_failure) json["lastFailure"] = failure_to_json(*metadata.last_failure);
}

}  // namespace

Json to_json(const Metadata& metadata, Definitions definitions) {
  Json json;
  json["timestamp"] = to_rfc3339(metadata.timestamp);
  json["source"] = metadata.source;
  json["collections"] = metadata.collections;
  json["status"] = to_text(metadata.status);
  json["method"] = metadata.method;
  json["schemaVersion"] = metadata.schema_version;
  json["schema"] = metadata.schema;
  if (!metadata.target.empty()) json["target"] = metadata.target;
  if (!metadata.run.empty()) json["run"] = metadata.run;
  json["tool"] = Json{{"name", metadata.tool_name}, {"version", metadata.tool_version}};
  if (metadata.started_at != SystemTime{}) json["startedAt"] = to_rfc3339(metadata.started_at);
  if (metadata.finished_at != SystemTime{}) json["finishedAt"] = to_rfc3339(metadata.finished_at);
  json["consistency"] = to_text(metadata.consistency);
  json["verified"] = to_text(metadata.verified);
  auto contents = Json::array();
  for (const auto& content : metadata.contents) {
    contents.push_back(content_to_json(content, definitions));
  }
  json["contents"] = std::move(contents);
  if (definitions == Definitions::include && !metadata.definition.empty()) {
    json["definition"] = metadata.definition;
  }
  write_optional_parts(metadata, json);
  if (definitions == Definitions::include && !metadata.restore_notes.empty()) {
    json["restoreNotes"] = notes_to_json(metadata.restore_notes);
  }
  return json;
}

Metadata metadata_from_json(const Json& json) {
  const Reader read(json, "");
  Metadata metadata;
  metadata.timestamp = read.need_time("timestamp");
  metadata.source = read.need_text("source");
  metadata.collections = read.need_texts("collections");
  static_cast<void>(read.need("status"));
  metadata.status = read.choice("status", parse_status, Status::complete);
  metadata.method = read.need_text("method");
  metadata.schema_version = schema_version(read);
  metadata.schema = read.small_number("schema", 1);
  metadata.target = read.text("target");
  if (const auto* notes = read.find("restoreNotes")) metadata.restore_notes = notes_in(*notes);
  metadata.run = read.text("run");
  metadata.started_at = read.time("startedAt");
  metadata.finished_at = read.time("finishedAt");
  metadata.consistency = read.choice("consistency", parse_consistency, Consistency::per_collection);
  metadata.verified = read.choice("verified", parse_verified, Verified::none);
  metadata.definition = read.text("definition");
  if (const auto* contents = read.find("contents")) {
    if (!contents->is_array()) throw unreadable("contents", "is not a list");
    for (std::size_t i = 0; i < contents->size(); ++i) {
      metadata.contents.push_back(content_from_json((*contents)[i], i));
    }
  }
  // A writer that does not name itself is not this one.
  metadata.tool_name.clear();
  read_optional_parts(read, metadata);
  return metadata;
}

Metadata metadata_as_told(const Json& json, std::string_view whose) {
  try {
    return metadata_from_json(json);
  } catch (const Error& error) {
    Metadata metadata;
    metadata.tool_name.clear();
    metadata.status = Status::publishing;  // never taken for something complete
    metadata.unreadable = fmt::format("{}: {}", whose, error.message());
    try {
      metadata.locked = lock_in(Reader(json, ""));
    } catch (const Error&) {
      metadata.lock_unknown = true;
    }
    return metadata;
  }
}

}  // namespace tidegate
