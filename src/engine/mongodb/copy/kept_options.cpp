#include "engine/mongodb/copy/kept_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/mongodb/copy/definition.hpp"

namespace tidegate::engine::mongodb {
namespace {

bool keeps(const ServerCapabilities& capabilities) {
  return capabilities.has(ServerCapability::rename_keeps_options);
}

/// By collMod.
bool can_be_set(std::string_view option) {
  constexpr std::array<std::string_view, 3> k_settable{"validator", "validationLevel",
                                                       "validationAction"};
  return std::find(k_settable.begin(), k_settable.end(), option) != k_settable.end();
}

Bson set_options(const std::string& collection, const Bson& options) {
  Bson command = doc("collMod", std::string_view(collection));
  for (const auto& key : options.keys()) {
    if (can_be_set(key)) command.add_value(key, *options.at(key));
  }
  return command;
}

std::map<std::string, Bson> options_by_name(const Bson& latest) {
  std::map<std::string, Bson> options;
  for (const auto& each : latest.documents("contents")) {
    options[each.text("name")] = Definition::read(each.text("definition")).options;
  }
  return options;
}

}  // namespace

void refuse_lost_options(const std::vector<CollectionCopy>& pieces,
                         const ServerCapabilities& capabilities) {
  if (keeps(capabilities)) return;
  std::vector<std::string> lost;
  for (const auto& piece : pieces) {
    if (piece.is_view()) continue;
    for (const auto& key : piece.definition.options.keys()) {
      if (!can_be_set(key)) lost.push_back(fmt::format("'{}' ({})", piece.name, key));
    }
  }
  if (lost.empty()) return;
  throw Error(
      ErrorKind::refused,
      fmt::format("the server lacks '{}', and these collections have options that would be "
                  "lost: {}; nothing was changed",
                  contract_of(ServerCapability::rename_keeps_options).name, fmt::join(lost, ", ")),
      "exclude these collections ('snapshot.exclude'), or use MongoDB's own server");
}

void restore_options(Run& run, Server& server, ServerLease& lease, const PublishPlan& plan,
                     const ServerCapabilities& capabilities) {
  if (keeps(capabilities)) return;
  const auto wanted = options_by_name(plan.latest);
  const auto listed = server.collections(run, lease.database());
  for (const auto& move : plan.moves) {
    const auto* there = find_by_name(listed, move.name);
    const auto options = wanted.find(move.name);
    if (!there || options == wanted.end() || options->second.empty() ||
        same_options(there->options, options->second)) {
      continue;
    }
    lease.confirm(run);
    server.write(run, lease.database(), set_options(move.name, options->second));
  }
}

}  // namespace tidegate::engine::mongodb
