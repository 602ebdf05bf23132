#pragma once

/// Tables of extensions whose rows are the users'.

#include <string>
#include <vector>

#include "engine/postgresql/driver/session.hpp"

namespace tidegate::engine::postgresql {

struct ExtensionTable {
  std::string extension;
  std::string quoted;     ///< `public.spatial_ref_sys`
  std::string columns;    ///< those that are not generated
  std::string condition;  ///< `WHERE …`: selects the users' rows; empty: all
};

std::vector<ExtensionTable> extension_tables(SqlSession& session, Run& run);

/// Copies their rows from one database into the other, which has the extensions already.
void copy_extension_tables(Run& run, SqlSession& source, SqlSession& target,
                           const std::vector<ExtensionTable>& tables);

}  // namespace tidegate::engine::postgresql
