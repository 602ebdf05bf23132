#pragma once

/// Whether a copy fits beside what is there until it is published.

#include <optional>
#include <string>

#include "base/run.hpp"
#include "engine/engine.hpp"

namespace tidegate::preflight {

/// Says in one step what the copy of `items` needs (data and indexes, uncompressed, so rather too
/// much) and what the server has free. Where the server does not say, the step is a warning, and
/// the run goes on.
/// @throws Error no_space, with both sizes.
void require_space(Run& run, const std::vector<engine::Item>& items,
                   const engine::Inventory& destination);

/// The free space at a place for archives.
struct ArchiveRoom {
  std::string place;
  std::optional<Bytes> free;      ///< nothing where that cannot be known
  std::optional<Bytes> estimate;  ///< the size of the newest archive; nothing for the first one
};

/// The same for an archive, which is expected to be as large as the one before it: old ones go only
/// after it is there. @throws Error no_space, with both sizes.
void require_room(Run& run, const ArchiveRoom& room);

Bytes size_of(const std::vector<engine::Item>& items);

}  // namespace tidegate::preflight
