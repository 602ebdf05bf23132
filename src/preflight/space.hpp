#pragma once

/// Whether there is space for a copy beside the present content until it is published.

#include <optional>
#include <string>

#include "base/run.hpp"
#include "engine/engine.hpp"

namespace tidegate::preflight {

/// Shows in one step how much space the copy of `items` needs (data and indexes, uncompressed, so
/// an upper bound) and what the server has free. Where the server does not say, the step is a
/// warning, and the run goes on.
/// @throws Error no_space, with both sizes.
void require_space(Run& run, const std::vector<engine::Item>& items,
                   const engine::Inventory& destination);

/// The free space at a place for archives.
struct ArchiveRoom {
  std::string place;
  std::optional<Bytes> free;      ///< nothing where it cannot be known
  std::optional<Bytes> estimate;  ///< the size of the newest archive; nothing for the first one
};

/// The same for an archive, which is expected to be as large as the one before it: old archives are
/// deleted only after it is complete. @throws Error no_space, with both sizes.
void require_room(Run& run, const ArchiveRoom& room);

Bytes size_of(const std::vector<engine::Item>& items);

}  // namespace tidegate::preflight
