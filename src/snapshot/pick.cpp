#include "snapshot/pick.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace tidegate::snapshot {
namespace {

constexpr std::chrono::minutes k_clocks_differ{10};

std::string last_part(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace

std::optional<archive::Entry> newest(const archive::Listing& listing, SystemTime now) {
  const auto& archives = listing.archives;
  if (archives.empty()) return std::nullopt;
  const auto found = std::find_if(archives.rbegin(), archives.rend(), [&](const auto& entry) {
    return entry.taken <= now + k_clocks_differ;
  });
  return found == archives.rend() ? archives.back() : *found;
}

archive::Entry named(const archive::Store& store, const archive::Listing& listing,
                     const std::string& name) {
  const auto wanted = last_part(name);
  for (const auto& entry : listing.archives) {
    if (entry.name == wanted) return entry;
  }
  const auto& damaged = listing.damaged;
  if (std::find(damaged.begin(), damaged.end(), wanted) != damaged.end()) {
    throw Error(
        ErrorKind::verification,
        fmt::format("'{}' in '{}' is damaged: its size differs from the one in its '.json', "
                    "or the '.json' is missing",
                    wanted, store.place()),
        "use another archive; 'tidegate status' lists them");
  }
  throw Error(ErrorKind::not_found,
              fmt::format("there is no archive '{}' of this database in '{}' ({} there)", wanted,
                          store.place(),
                          counted(static_cast<std::int64_t>(listing.archives.size()), "archive")),
              "'tidegate status' lists them");
}

archive::Entry pick(Run& run, archive::Store& store, const std::string& database,
                    const std::string& name) {
  const auto listing = store.list(run, database);
  if (!name.empty()) return named(store, listing, name);
  if (auto entry = newest(listing, run.clock().now())) return *entry;
  throw Error(ErrorKind::not_found,
              fmt::format("there is no complete archive of '{}' in '{}'", database, store.place()),
              fmt::format("take one with 'tidegate snapshot {}'", database));
}

}  // namespace tidegate::snapshot
