#include "engine/engine.hpp"

#include <array>

namespace tidegate::engine {

std::string_view Capability::word() const {
  constexpr std::array<std::string_view, 4> k_words{"ok", "fallback", "refused", "unproven"};
  return k_words.at(static_cast<std::size_t>(state));
}

Bytes Inventory::size() const {
  Bytes sum;
  for (const auto& item : items) sum += item.data + item.index_data;
  return sum;
}

std::optional<Metadata> with_lock(std::optional<Metadata> read) {
  if (!read || !read->lock_unknown) return read;
  throw Error(ErrorKind::remote,
              read->unreadable + "; whether it is locked is unknown, so nothing was changed",
              "correct it, or remove it by hand; then run the command again");
}

std::vector<Obstacle> Engine::creation_obstacles(Run& /*run*/, const DatabaseName& /*database*/,
                                                 const std::string& /*owner*/) {
  return {};
}

Rights Engine::reading_rights(Run& run, const DatabaseName& database,
                              const Selection& /*selection*/) {
  return rights(run, database, Need::read);
}

CopyOutlook Engine::outlook(Run& run, const CopyQuestion& /*question*/) {
  run.check();
  return {};
}

VerifyReport Engine::examine(Run& run, const std::filesystem::path& /*archive*/,
                             const Metadata& expected) {
  run.check();
  return {{}, Verified::none, expected.contents, {}};
}

std::vector<Item> items_of(const Metadata& snapshot) {
  std::vector<Item> items;
  for (const auto& content : snapshot.contents) {
    Item item;
    item.name = content.name;
    item.type = content.type;
    item.documents = content.documents;
    item.data = content.bytes;
    item.indexes = content.indexes;
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace tidegate::engine
