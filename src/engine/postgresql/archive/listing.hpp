#pragma once

/// An archive's own list of what it holds, as `pg_restore --list` prints it. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"

namespace tidegate::engine::postgresql {

/// One line: `215; 1259 16386 TABLE public users app`. Schema, name and owner are not quoted, so
/// only a reader who knows them can tell them apart.
struct Entry {
  int id = 0;
  std::int64_t catalog = 0;  ///< 1259; 0 for data
  std::string text;          ///< `TABLE public users app`
  std::string line;          ///< as it stands there
  std::int64_t object = 0;   ///< 16386; its oid where the archive was made, 0 for grants, comments
  std::string type = {};     ///< `TABLE`; told from `TABLE DATA` by the catalog
  std::vector<int> needs = {};  ///< ids; only `--list --verbose` prints them

  /// Whether it is a table's rows; `TABLE DATA x` may also be table x of schema DATA.
  bool is_table_data() const { return catalog == 0 && begins("TABLE DATA "); }
  bool begins(std::string_view start) const;
};

/// Of what `pg_restore --list` or `--list --verbose` prints. Comments are left out.
std::vector<Entry> read_listing(std::string_view text);

/// For people: `event trigger 'e'`, `table 'public users'`. `owners`: roles of which one may stand
/// at the end of the entry's text, and is left out.
std::string name_of(const Entry& entry, const std::vector<std::string>& owners = {});
/// The one of `owners` that stands at the end of the entry's text, the longest where there are
/// several; empty where none does.
std::string owner_of(const Entry& entry, const std::vector<std::string>& owners);

/// What is lacking and what is too much, for people; empty when the archive holds the data of
/// exactly these tables, and large objects where there are some. Names with bytes beyond ASCII
/// stand in the list in the database's own encoding: of those only the number is compared.
/// `extensions_own`: tables whose data comes with their extensions, and is not looked at.
std::vector<std::string> compare_listing(const std::vector<Entry>& entries,
                                         const std::vector<Relation>& expected,
                                         const std::vector<Relation>& extensions_own = {});

/// Whether the entry makes this table, view or large objects. Names with bytes beyond ASCII are
/// compared as the list has them.
bool makes(const Entry& entry, const Content& content);

/// Which of these tables, views and large objects the archive does not have, by name. Those with
/// bytes beyond ASCII in their names are not looked at.
std::vector<std::string> not_listed(const std::vector<Entry>& entries,
                                    const std::vector<Content>& contents);

}  // namespace tidegate::engine::postgresql
