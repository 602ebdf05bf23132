#pragma once

/// The one moment at which all of production is read, where the server can, and what is said and
/// refused where it cannot.

#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// The moment for all reads from now on, and that moment by the server's clock.
struct ReadTimestamp {
  ReadPoint at;
  SystemTime time{};
};
ReadTimestamp choose_cut(Run& run, Server& server, bool point_in_time);
/// A server that can read at a moment may still not have told one.
/// @throws Error refused: `consistency: require`, and no moment.
void refuse_cut_untold(const ReadTimestamp& cut, ConsistencyWish wish);

/// The moment for a copy of production. There is none where the server cannot read at one, or does
/// not keep to it, which is said in a warning.
/// @throws Error refused: `consistency: require`, and no moment.
ReadTimestamp cut_of_production(Run& run, Server& server, const std::vector<CollectionCopy>& pieces,
                                const Capabilities& capabilities, ConsistencyWish wish);

/// Whether all pieces were read at the cut.
bool read_at_one_moment(const ReadTimestamp& cut, const std::vector<CollectionCopy>& pieces);

/// @throws Error refused: `consistency: require`, and no cut, or capped collections.
void refuse_without_cut(const StageRequest& request, const std::vector<CollectionCopy>& pieces,
                        const Capabilities& capabilities);
/// The error that a piece could not be read at the cut to its end, although that is required.
Error outlasts_history(const CollectionCopy& piece);
/// Warns of the same where it is not.
void say_not_at_cut(Run& run, const CollectionCopy& piece, std::string_view when);
/// A collection that was dropped or renamed away since the cut can be read there, and holds
/// nothing. One that holds nothing now either is empty, or gone, which is noticed by comparing
/// lists.
/// @throws Error with says_source_changed()
void refuse_read_as_empty(Run& run, Server& server, const CollectionCopy& piece);

}  // namespace tidegate::engine::mongodb
