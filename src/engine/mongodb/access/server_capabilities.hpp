#pragma once

/// The capabilities of a server that speaks MongoDB's protocol, as far as the engine relies on
/// them: MongoDB's own server has all, others a part. Each has a fallback, or a refusal that names
/// it. Pure; probe.hpp asks the server for the rest.

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/driver/bson.hpp"

namespace tidegate::engine::mongodb {

enum class ServerCapability {
  update_by_pipeline,    ///< one conditional write on the server's own clock: the lease
  copy_to_database,      ///< `$out: {db, coll}`
  collection_uuid,       ///< listCollections tells each collection's UUID
  rename_over,           ///< renameCollection with dropTarget
  rename_keeps_uuid,     ///< else nothing can be told apart after it was moved aside
  rename_keeps_options,  ///< validator, collation, capped …
  out_keeps_options,     ///< the same for `$out` into a collection that is there
  read_timestamp,        ///< a read at a cluster time shows what was there then
  database_hash,         ///< dbHash
  current_operations,    ///< `$currentOp` and killOp on one's own
  empty_timestamps,      ///< `Timestamp(0, 0)` is found by a schema, and kept by an update
};
inline constexpr std::size_t k_capabilities = 11;

/// One entry of the list.
struct CapabilityContract {
  ServerCapability capability;
  std::string_view name;        ///< stable; in messages, `check` and the guide: `rename-keeps-uuid`
  std::string_view needed_for;  ///< for people
  std::string_view without;     ///< the fallback; or, where there is none, what is refused
  bool has_fallback;
};
std::span<const CapabilityContract, k_capabilities> capability_contracts();
const CapabilityContract& contract_of(ServerCapability capability);

/// Whether buildInfo is that of MongoDB's own mongod. It is no proof against a server that lies;
/// it is one against every server that is known: all name themselves in a field that mongod does
/// not have, or leave out how mongod was built. A new version's new field, a fork or a mongos are
/// not taken for one, and are probed.
bool is_genuine_mongod(const Bson& build_info);

/// The capabilities of one server, as far as they are known.
class ServerCapabilities {
 public:
  using State = engine::Capability::State;

  /// Everything `ok` or everything `unproven`. `identity` changes with the server's program or
  /// process.
  ServerCapabilities(State all, std::string identity);

  State state(ServerCapability capability) const;
  bool has(ServerCapability capability) const { return state(capability) == State::ok; }
  /// It was found to be there, or to be missing: then `fallback` or `refused`, as the list says.
  void found(ServerCapability capability, bool there);
  const std::string& identity() const { return identity_; }
  /// Whether nothing is left that a run must try before it writes.
  bool is_tried() const { return tried_; }
  void set_tried() { tried_ = true; }

  /// In the order of the list.
  std::vector<engine::Capability> list() const;
  /// @throws Error refused: names what is missing, what it is needed for, and that nothing was
  /// changed.
  void refuse_missing() const;

 private:
  std::array<State, k_capabilities> states_;
  std::string identity_;
  bool tried_;
};

/// The refusal of one of them, in the server's own words.
Error refusal_without(ServerCapability capability, const std::string& words);

}  // namespace tidegate::engine::mongodb
