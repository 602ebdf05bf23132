#pragma once

/// Reads from servers the facts that plan_copy() needs.

#include <string>
#include <vector>

#include "engine/postgresql/copy/copy_plan.hpp"
#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

/// Facts of the session's database, at the moment of its transaction.
DumpFacts dump_facts(SqlSession& session, Run& run);

/// The role that is to own everything; empty: each object keeps its owner.
struct FutureOwner {
  std::string role;
  bool required = true;  ///< the session's user must be able to act for it
};

/// The rights of the session's user on its server.
/// @throws Error config: the role does not exist, or the user cannot act for it.
Place restore_place(SqlSession& session, Run& run, const FutureOwner& owner, const DumpFacts& facts,
                    const std::vector<Entry>& entries);

}  // namespace tidegate::engine::postgresql
