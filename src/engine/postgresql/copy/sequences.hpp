#pragma once

/// The positions of production's sequences.

#include <string>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

struct SequencePosition {
  std::string quoted;  ///< `public.users_id_seq`
  std::string last_value;
  bool is_called = false;
};

/// The present positions in the session's database: a sequence ignores transactions. Leaves out the
/// sequences of `left_out`, and those of extensions that do not ask to dump them.
std::vector<SequencePosition> sequence_positions(SqlSession& session, Run& run,
                                                 const std::vector<Relation>& left_out);

/// Sets those sequences that exist in the session's database.
void set_sequences(SqlSession& session, Run& run, const std::vector<SequencePosition>& positions);

}  // namespace tidegate::engine::postgresql
