#include "engine/mongodb/copy/empty_timestamps.hpp"

#include <algorithm>

namespace tidegate::engine::mongodb {
namespace {

constexpr ClusterTime k_empty{};

/// Whether `$set` and a query take the name for the field of that name.
bool is_plain(const std::string& name) {
  return !name.empty() && name.front() != '$' && name.find('.') == std::string::npos;
}

/// `{$set: {…}}`, which a field of any name but the plain ones would be no path for.
Bson by_names(const std::vector<std::string>& fields) {
  Bson set;
  for (const auto& name : fields) set.add(name, k_empty);
  return doc("$set", set);
}

Bson by_stages(const std::vector<std::string>& fields) {
  std::vector<Bson> stages;
  for (const auto& name : fields) {
    const auto field =
        doc("field", doc("$literal", std::string_view(name)), "input", "$$ROOT", "value", k_empty);
    stages.push_back(doc("$replaceWith", doc("$setField", field)));
  }
  return Bson::array(stages);
}

}  // namespace

std::vector<std::string> empty_timestamps(const bson_t& document) {
  std::vector<std::string> fields;
  bson_iter_t field;
  if (!bson_iter_init(&field, &document)) return fields;
  while (bson_iter_next(&field)) {
    if (!BSON_ITER_HOLDS_TIMESTAMP(&field) || BSON_ITER_IS_KEY(&field, "_id")) continue;
    std::uint32_t seconds = 0, increment = 0;
    bson_iter_timestamp(&field, &seconds, &increment);
    if (seconds == 0 && increment == 0) fields.emplace_back(bson_iter_key(&field));
  }
  return fields;
}

Bson update_of(const bson_t& document, const std::vector<std::string>& fields) {
  const bool all_plain = std::all_of(fields.begin(), fields.end(), is_plain);
  Bson query;
  bson_iter_t id;
  bson_iter_init_find(&id, &document, "_id");
  query.add("_id", Bson().add_value("$eq", id));
  if (!all_plain) return doc("q", query).add_array("u", by_stages(fields));
  // A document that was copied before it got the field is left as it was copied.
  for (const auto& name : fields) query.add(name, doc("$type", "timestamp"));
  return doc("q", query, "u", by_names(fields));
}

Bson with_empty_timestamps() {
  // A schema is compared field by field, without making another document of each document.
  const auto no_empty = doc("not", Bson().add_array("enum", Bson().add("0", k_empty)));
  const auto schema = doc("properties", doc("_id", Bson()), "additionalProperties", no_empty);
  return Bson().add_array("$nor", Bson().add("0", doc("$jsonSchema", schema)));
}

void TimestampRestorer::add(const bson_t& document) {
  const auto fields = empty_timestamps(document);
  if (fields.empty()) return;
  ++documents_;
  if (bson_has_field(&document, "_id")) updates_.push_back(update_of(document, fields));
}

void TimestampRestorer::add(std::span<const std::uint8_t> document) {
  bson_t view;
  if (bson_init_static(&view, document.data(), document.size())) add(view);
}

void TimestampRestorer::send() {
  if (updates_.empty()) return;
  Bson command = doc("update", std::string_view(copy_.collection));
  command.add_array("updates", Bson::array(updates_));
  if (bypass_) command.add("bypassDocumentValidation", true);
  server_.write(run_, copy_.database, command);
  updates_.clear();
}

bool keeps_empty_timestamps(Server& server) {
  const auto known = server.known();
  return !known || known->has(ServerCapability::empty_timestamps);
}

bool any_empty_timestamps(Run& run, Server& server, const Namespace& source,
                          const Bson& read_concern) {
  const auto command =
      doc("find", std::string_view(source.collection), "filter", with_empty_timestamps(), "limit",
          1, "projection", doc("_id", 1), "readConcern", read_concern);
  return !server.all(run, source.database, command).empty();
}

std::int64_t restore_empty_timestamps(Run& run, Server& server, const Namespace& source,
                                      const Bson& read_concern, TimestampRestorer& copy) {
  const auto command = doc("find", std::string_view(source.collection), "filter",
                           with_empty_timestamps(), "readConcern", read_concern);
  server.each(run, source.database, command, [&](DocumentView document) {
    copy.add(*document.raw);
    if (copy.is_full()) copy.send();
    return true;
  });
  copy.send();
  return copy.documents();
}

std::int64_t count_empty_timestamps(Run& run, Server& server, const Namespace& collection) {
  Bson pipeline;
  pipeline.add("0", doc("$match", with_empty_timestamps())).add("1", doc("$count", "documents"));
  Bson command = doc("aggregate", std::string_view(collection.collection));
  command.add_array("pipeline", pipeline).add("cursor", Bson());
  command.add("readConcern", doc("level", "majority"));
  const auto found = server.all(run, collection.database, command);
  return found.empty() ? 0 : found.front().number("documents");
}

}  // namespace tidegate::engine::mongodb
