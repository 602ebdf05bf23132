#include "engine/mongodb/copy/inspect.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/side_by_side.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/driver/if_permitted.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr int k_questions_at_once = 4;
constexpr std::string_view k_reserved = "_tidegate";

std::string obstacle_of(const CollectionInfo& listed) {
  if (listed.type == "timeseries") {
    return "a time series, which the server cannot rename, so that it cannot be published";
  }
  if (listed.options.has("encryptedFields")) {
    return "it has encrypted fields, and the server renames no such collection";
  }
  if (listed.name.starts_with(k_reserved)) {
    return fmt::format("names that begin with '{}' are kept for staging", k_reserved);
  }
  if (listed.type != "collection" && listed.type != "view") {
    return fmt::format("of a type that is not known: {}", listed.type);
  }
  return {};
}

/// Of a collection that this user may not read, and so does not copy, nothing is known.
void measure(Run& run, Server& server, const std::string& database, engine::Item& item) {
  const auto stats =
      if_permitted(run, server, database, doc("collStats", std::string_view(item.name)));
  if (!stats) return;
  item.documents = stats->number("count");
  item.data = {stats->number("size")};
  item.index_data = {stats->number("totalIndexSize")};
  item.indexes = static_cast<int>(stats->number("nindexes"));
}

void measure_all(Run& run, Server& server, engine::Inventory& inventory) {
  std::vector<engine::Item*> stored;
  for (auto& item : inventory.items) {
    if (item.type == "collection") stored.push_back(&item);
  }
  side_by_side(stored.size(), k_questions_at_once,
               [&](std::size_t index, const std::atomic<bool>& /*abandoned*/) {
                 measure(run, server, inventory.database.text(), *stored[index]);
               });
}

/// Functions stored in the database are the application's, but belong to the server's own names.
void note_functions(Run& run, Server& server, engine::Inventory& inventory) {
  const auto reply =
      if_permitted(run, server, inventory.database.text(), doc("count", "system.js"));
  const auto count = reply ? reply->number("n") : 0;
  if (reply && count == 0) return;
  inventory.left_out.push_back(
      reply ? fmt::format("system.js holds {} function{}, which {} not copied", count,
                          count == 1 ? "" : "s", count == 1 ? "is" : "are")
            : std::string("system.js, which may not be read, is not copied"));
}

/// A source's may be the application's.
std::string own_name(const std::string& metadata_collection) {
  return fmt::format(
      "'{}' has the name of tidegate's own metadata, and is not copied; "
      "'snapshot.metadata' gives that another",
      metadata_collection);
}

void sort_in(Run& run, Server& server, const std::vector<CollectionInfo>& listed,
             const std::string& metadata_collection, engine::Inventory& inventory) {
  for (const auto& each : listed) {
    const auto whose = belongs(each, metadata_collection);
    if (whose == CollectionOwner::to_staging) inventory.staging.push_back(each.name);
    if (each.name == metadata_collection) inventory.left_out.push_back(own_name(each.name));
    if (each.name == "system.js") note_functions(run, server, inventory);
    if (whose != CollectionOwner::to_user) continue;
    engine::Item item;
    item.name = each.name;
    item.type = each.type;
    item.obstacle = obstacle_of(each);
    inventory.items.push_back(std::move(item));
  }
}

// Both numbers are 0 or absent where the server does not know them, as behind mongos.
void note_filesystem(Run& run, Server& server, engine::Inventory& inventory) {
  const auto stats = if_permitted(run, server, inventory.database.text(), doc("dbStats", 1));
  if (!stats) return;
  const auto total = stats->number("fsTotalSize");
  const auto used = stats->number("fsUsedSize");
  if (total <= 0 || used < 0 || used > total) return;
  inventory.filesystem_total = Bytes{total};
  inventory.filesystem_free = Bytes{total - used};
}

/// Of the server's own collections only functions belong to a user: views leave `system.views`
/// behind, and a killed `$out` its temporary collection.
bool is_unowned(const std::string& collection, const std::string& metadata_collection) {
  return !is_contents(collection, metadata_collection) && collection != "system.js";
}

/// A lease made the database, or staging, and nothing came of it.
bool is_leftover(const Records& told) {
  return !told.latest && !(told.lease && told.lease->has("plan"));
}

bool holds_nothing(const std::vector<CollectionInfo>& listed,
                   const std::string& metadata_collection) {
  return !listed.empty() && std::all_of(listed.begin(), listed.end(), [&](const auto& each) {
    return is_unowned(each.name, metadata_collection);
  });
}

/// The same, by names alone. Where it may not be asked, or has too many to be told at once, there
/// is something.
bool holds_nothing(Run& run, Server& server, const std::string& database,
                   const std::string& metadata_collection) {
  const auto reply =
      if_permitted(run, server, database, doc("listCollections", 1, "nameOnly", true));
  if (!reply || reply->number("cursor.id") != 0) return false;
  const auto names = reply->documents("cursor.firstBatch");
  return std::all_of(names.begin(), names.end(), [&](const auto& each) {
    return is_unowned(each.text("name"), metadata_collection);
  });
}

/// The database's name if it is of the pattern, checked as text first: a server may have names that
/// are none for tidegate.
std::optional<DatabaseName> candidate(const std::string& name, const NamePattern& pattern) {
  constexpr std::string_view k_number = "{number}";
  constexpr std::size_t k_most_digits = 10;
  const auto at = pattern.text().find(k_number);
  const auto before = pattern.text().substr(0, at);
  const auto after = pattern.text().substr(at + k_number.size());
  if (name.size() <= before.size() + after.size()) return std::nullopt;
  const auto digits = name.size() - before.size() - after.size();
  if (digits > k_most_digits || !name.starts_with(before) || !name.ends_with(after)) {
    return std::nullopt;
  }
  const auto middle = std::string_view(name).substr(before.size(), digits);
  if (middle.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return DatabaseName(name);
}

}  // namespace

CollectionOwner belongs(const CollectionInfo& collection, const std::string& metadata_collection) {
  const auto& name = collection.name;
  if (is_staging(name)) return CollectionOwner::to_staging;
  const bool engine_own =
      !is_contents(name, metadata_collection) || collection.options.truth("temp");
  return engine_own ? CollectionOwner::to_engine : CollectionOwner::to_user;
}

engine::Inventory inspect(Run& run, Server& server, const DatabaseName& database,
                          const std::string& metadata_collection) {
  engine::Inventory inventory{database, false, {}, {}, {}, {}, {}, {}, {}, {}};
  inventory.server_time = server.now(run);
  const auto listed = server.collections(run, database.text());
  inventory.exists = !listed.empty();
  sort_in(run, server, listed, metadata_collection, inventory);
  measure_all(run, server, inventory);
  note_filesystem(run, server, inventory);
  // Production has none, and a user who may read some of its collections may not ask.
  const auto told = find_by_name(listed, metadata_collection)
                        ? records(run, server, database, metadata_collection)
                        : Records{};
  tell(inventory, told.published());
  inventory.holder = told.holder(inventory.server_time);
  inventory.abandoned = is_leftover(told) && holds_nothing(listed, metadata_collection);
  return inventory;
}

std::vector<engine::FilledDatabase> list(Run& run, Server& server, const NamePattern& pattern,
                                         const std::string& metadata_collection) {
  std::vector<engine::FilledDatabase> found;
  // Without authorizedDatabases: a user who may list all gets all, any other user their own.
  const auto reply = server.read(run, "admin", doc("listDatabases", 1, "nameOnly", true));
  for (const auto& each : reply.documents("databases")) {
    const auto name = candidate(each.text("name"), pattern);
    const auto number = name ? pattern.number_in(*name) : std::nullopt;
    if (number) found.push_back({*name, *number, std::nullopt, std::nullopt, false});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  if (found.empty()) return found;
  const auto now = server.now(run);
  side_by_side(found.size(), k_questions_at_once,
               [&](std::size_t index, const std::atomic<bool>& /*abandoned*/) {
                 auto& filled = found[index];
                 const auto told = records(run, server, filled.database, metadata_collection);
                 tell(filled, told.published());
                 filled.holder = told.holder(now);
                 filled.abandoned =
                     is_leftover(told) &&
                     holds_nothing(run, server, filled.database.text(), metadata_collection);
               });
  return found;
}

}  // namespace tidegate::engine::mongodb
