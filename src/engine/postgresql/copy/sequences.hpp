#pragma once

/// Where production's sequences are.

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

/// Of the database that the session is in, as they are now: a sequence obeys no transaction. Those
/// of `left_out`, and of extensions that do not ask for it, are not among them.
std::vector<SequencePosition> sequence_positions(SqlSession& session, Run& run,
                                                 const std::vector<Relation>& left_out);

/// Sets those that the session's database has.
void set_sequences(SqlSession& session, Run& run, const std::vector<SequencePosition>& positions);

}  // namespace tidegate::engine::postgresql
