#pragma once

/// What an archive would do, as `pg_restore --schema-only --verbose --file=-` prints it. Pure.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::engine::postgresql {

/// One entry of the archive: to whom it belongs, and who is named in it.
struct ScriptEntry {
  int id = 0;
  std::string kind;              ///< `TABLE`, `ACL`, `DEFAULT ACL`, `POLICY`
  std::string schema;            ///< empty where it has none
  std::string name;              ///< for people: `TABLE users`
  std::string owner;             ///< empty where it has none
  std::set<std::string> others;  ///< who is granted something, or whom a policy is for
};

std::vector<ScriptEntry> read_script(std::string_view text);

}  // namespace tidegate::engine::postgresql
