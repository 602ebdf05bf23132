#include "engine/mongodb/access/server_capabilities.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::engine::mongodb {
namespace {

using Id = ServerCapability;

constexpr std::array<CapabilityContract, k_capabilities> k_contracts{{
    {Id::update_by_pipeline, "update-by-pipeline", "the lease, and the commit point of a publish",
     "nothing can be written", false},
    {Id::copy_to_database, "copy-to-database", "copying a collection within the server",
     "nothing can be copied", false},
    {Id::collection_uuid, "collection-uuid",
     "knowing a collection from another one of the same name", "nothing can be published", false},
    {Id::rename_over, "rename-over", "publishing a collection in one step",
     "nothing can be published", false},
    {Id::rename_keeps_uuid, "rename-keeps-uuid",
     "removing a collection only if it is the planned one",
     "collections are dropped by name, right after the lease was confirmed", true},
    {Id::rename_keeps_options, "rename-keeps-options", "publishing a collection with its options",
     "validators are set again after publishing; a collection with other options is refused", true},
    {Id::out_keeps_options, "out-keeps-options", "copying into a collection that has its options",
     "collections with options are copied by $merge", true},
    {Id::read_timestamp, "read-timestamp", "reading all collections at one moment",
     "each collection is read at a moment of its own; 'consistency: require' is refused", true},
    {Id::database_hash, "database-hash", "checksums that the server computes",
     "documents are read and summed up by tidegate", true},
    {Id::current_operations, "current-operations", "ending copies that a stopped run has begun",
     "they end by themselves; the next run removes what they leave", true},
    {Id::empty_timestamps, "empty-timestamps", "carrying empty timestamps as they are",
     "a snapshot may have the time of its copy in place of an empty timestamp", true},
}};

std::size_t index_of(ServerCapability capability) { return static_cast<std::size_t>(capability); }

constexpr std::string_view k_tried_later = "known once a run has tried it under its lease";

bool is_commit(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos &&
         text.find_first_not_of('0') != std::string::npos;
}

/// The fields of every mongod's buildInfo; of a reply's own, only those that begin with `$` and
/// these.
bool is_of_mongod(std::string_view field) {
  constexpr std::array<std::string_view, 17> k_fields{"version",
                                                      "gitVersion",
                                                      "modules",
                                                      "allocator",
                                                      "javascriptEngine",
                                                      "sysInfo",
                                                      "versionArray",
                                                      "openssl",
                                                      "bits",
                                                      "buildEnvironment",
                                                      "debug",
                                                      "maxBsonObjectSize",
                                                      "storageEngines",
                                                      "ok",
                                                      "operationTime",
                                                      "lastCommittedOpTime",
                                                      "info"};
  return field.starts_with('$') ||
         std::find(k_fields.begin(), k_fields.end(), field) != k_fields.end();
}

}  // namespace

std::span<const CapabilityContract, k_capabilities> capability_contracts() { return k_contracts; }

const CapabilityContract& contract_of(ServerCapability capability) {
  return k_contracts.at(index_of(capability));
}

bool is_genuine_mongod(const Bson& build_info) {
  const auto fields = build_info.keys();
  const auto engines = build_info.texts("storageEngines");
  return std::all_of(fields.begin(), fields.end(), is_of_mongod) &&
         is_commit(build_info.text("gitVersion")) &&
         std::find(engines.begin(), engines.end(), "wiredTiger") != engines.end() &&
         !build_info.text("allocator").empty() && !build_info.text("javascriptEngine").empty() &&
         !build_info.text("buildEnvironment.cxx").empty() &&
         !build_info.text("buildEnvironment.target_arch").empty() && build_info.has("openssl");
}

ServerCapabilities::ServerCapabilities(State all, std::string identity)
    : identity_(std::move(identity)), tried_(all == State::ok) {
  states_.fill(all);
}

ServerCapabilities::State ServerCapabilities::state(ServerCapability capability) const {
  return states_.at(index_of(capability));
}

void ServerCapabilities::found(ServerCapability capability, bool there) {
  const auto missing = contract_of(capability).has_fallback ? State::fallback : State::refused;
  states_.at(index_of(capability)) = there ? State::ok : missing;
}

std::vector<engine::Capability> ServerCapabilities::list() const {
  std::vector<engine::Capability> result;
  for (const auto& each : k_contracts) {
    const auto now = state(each.capability);
    std::string_view note;
    if (now == State::unproven) note = k_tried_later;
    if (now == State::fallback || now == State::refused) note = each.without;
    result.push_back({std::string(each.name), now, std::string(note)});
  }
  return result;
}

void ServerCapabilities::refuse_missing() const {
  for (const auto& each : k_contracts) {
    if (state(each.capability) == State::refused) throw refusal_without(each.capability, {});
  }
}

Error refusal_without(ServerCapability capability, const std::string& words) {
  const auto& contract = contract_of(capability);
  return Error(
      ErrorKind::refused,
      fmt::format("the server lacks '{}', which is needed for {}{}; {}, and nothing was changed",
                  contract.name, contract.needed_for, words.empty() ? "" : ": " + words,
                  contract.without),
      "use MongoDB 4.4 or newer; the guide lists what tidegate needs of other servers "
      "(docs/guide/how-it-works.md)");
}

}  // namespace tidegate::engine::mongodb
