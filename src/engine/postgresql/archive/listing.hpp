#pragma once

/// An archive's own list of what it holds, as `pg_restore --list` prints it. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"

namespace tidegate::engine::postgresql {

/// One line: `215; 1259 16386 TABLE public users app`. Its parts are not quoted, so kind, schema,
/// name and owner can be told apart only by who knows them.
struct Entry {
  int id = 0;
  std::int64_t catalog = 0;  ///< 1259; 0 for data
  std::string text;          ///< `TABLE public users app`
  std::string line;          ///< as it stands there

  /// Whether it is a table's rows; `TABLE DATA x` may also be table x of schema DATA.
  bool is_table_data() const { return catalog == 0 && begins("TABLE DATA "); }
  bool begins(std::string_view start) const;
};

/// Comments are left out.
std::vector<Entry> read_listing(std::string_view text);

/// What is lacking and what is too much, for people; empty when the archive holds the data of
/// exactly these tables, and large objects where there are some. Names with bytes beyond ASCII
/// stand in the list in the database's own encoding: of those only the number is compared.
/// `extensions_own`: tables whose data comes with their extensions, and is not looked at.
std::vector<std::string> compare_listing(const std::vector<Entry>& entries,
                                         const std::vector<Relation>& expected,
                                         const std::vector<Relation>& extensions_own = {});

/// Which of these tables, views and large objects the archive does not have, by name. Those with
/// bytes beyond ASCII in their names are not looked at.
std::vector<std::string> not_listed(const std::vector<Entry>& entries,
                                    const std::vector<Content>& contents);

}  // namespace tidegate::engine::postgresql
