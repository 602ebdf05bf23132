#include "engine/mongodb/access/creation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/driver/if_permitted.hpp"
#include "engine/mongodb/driver/server_codes.hpp"

namespace tidegate::engine::mongodb {
namespace {

bool equal_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

std::string differing_in_case(const std::vector<std::string>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const auto& each) { return equal_but_for_case(each, name); });
  return found == names.end() ? std::string() : *found;
}

std::vector<engine::Obstacle> creation_obstacles(Run& run, Server& server,
                                                 const DatabaseName& database) {
  const auto reply = if_permitted(run, server, "admin", doc("listDatabases", 1, "nameOnly", true));
  if (!reply) return {};
  std::vector<std::string> names;
  for (const auto& each : reply->documents("databases")) names.push_back(each.text("name"));
  const auto other = differing_in_case(names, database.text());
  if (other.empty()) return {};
  const auto& row = look_up(k_database_differs_in_case);
  return {{row.kind,
           fmt::format("the server has a database '{}', and takes no '{}' beside it, which differs "
                       "only in case",
                       other, database.text()),
           std::string(row.hint)}};
}

}  // namespace tidegate::engine::mongodb
