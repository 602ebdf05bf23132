#include "engine/postgresql/copy/inspect.hpp"

#include <algorithm>
#include <chrono>

#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/driver/faults.hpp"
#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {
namespace {

std::vector<Database> databases(Run& run, Server& server) {
  std::vector<Database> all;
  server.ask(run, [&](SqlSession& session) {
    all = all_databases(session, run);
    return session.ask(run, "SELECT 1");
  });
  return all;
}

void look_inside(Run& run, Server& server, engine::Inventory& inventory) {
  auto session = server.open(run, inventory.database);
  for (const auto& each : relations(session, run, Detail::outline))
    inventory.items.push_back(item_of(each));
  inventory.left_out = not_carried(session, run);
}

/// A run that replaces or drops the database locks out new sessions and ends the existing ones.
bool was_taken_away(const Error& error) {
  return error.kind() == ErrorKind::unreachable || error.server_code() == k_no_such_database ||
         error.server_code() == k_not_accepting;
}

void believe_metadata(engine::Inventory& inventory) {
  if (!inventory.metadata) return;
  for (const auto& content : inventory.metadata->contents) {
    engine::Item item;
    item.name = content.name;
    item.type = content.type;
    item.documents = content.documents;
    item.data = content.bytes;
    item.indexes = content.indexes;
    inventory.items.push_back(std::move(item));
  }
}

std::optional<Metadata> told(const Database& database) {
  return metadata_told(database.comment, database.name.text());
}

/// An interrupted drop left it; the next holder of the lease finishes the drop.
Holder interrupted_drop() {
  Holder holder;
  holder.run = "unknown";
  holder.expired = true;
  holder.phase = "dropping";
  return holder;
}

engine::Inventory read_inventory(Run& run, Server& server, const DatabaseName& database,
                                 bool& inside) {
  engine::Inventory inventory{database, false, {}, {}, {}, {}, {}, {}, {}, {}};
  inventory.server_time = server.now(run);
  for (const auto& each : staging_of(databases(run, server), database)) {
    inventory.staging.push_back(each.name.text());
  }
  inventory.holder = holder(server, run, database);
  const auto there = find_database(server, run, database);
  if (!there) return inventory;
  inventory.exists = true;
  if (there->is_invalid) {
    if (!inventory.holder) inventory.holder = interrupted_drop();
    return inventory;
  }
  tell(inventory, told(*there));
  if (there->allows_connections) {
    inside = true;
    look_inside(run, server, inventory);
  } else {
    believe_metadata(inventory);
  }
  return inventory;
}

}  // namespace

engine::Inventory inspect(Run& run, Server& server, const DatabaseName& database) {
  constexpr int k_most_tries = 5;
  constexpr std::chrono::milliseconds k_pause{50};
  for (int tries = 1;; ++tries) {
    bool inside = false;
    try {
      return read_inventory(run, server, database, inside);
    } catch (const Error& error) {
      if (!inside || tries == k_most_tries || !was_taken_away(error)) throw;
      run.sleep(k_pause * tries);
    }
  }
}

std::optional<Metadata> published_metadata(Run& run, Server& server, const DatabaseName& database) {
  const auto there = find_database(server, run, database);
  if (!there || there->is_invalid) return std::nullopt;
  return with_lock(told(*there));
}

std::vector<engine::FilledDatabase> list(Run& run, Server& server, const NamePattern& pattern) {
  std::vector<engine::FilledDatabase> found;
  for (const auto& each : databases(run, server)) {
    if (const auto number = pattern.number_in(each.name)) {
      found.push_back({each.name, *number, std::nullopt, holder(server, run, each.name)});
      if (!each.is_invalid) tell(found.back(), told(each));
    }
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  return found;
}

}  // namespace tidegate::engine::postgresql
