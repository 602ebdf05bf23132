#pragma once

/// An archive's own list of what it holds, as `pg_restore --list` prints it. Pure.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/postgresql/copy/catalog.hpp"

namespace tidegate::engine::postgresql {

/// One line: `215; 1259 16386 TABLE public users app`. Schema, name and owner are not quoted: only
/// a reader that knows them can separate them.
struct Entry {
  int id = 0;
  std::int64_t catalog = 0;     ///< 1259; 0 for data
  std::string text;             ///< `TABLE public users app`
  std::string line;             ///< as pg_restore printed it
  std::int64_t object = 0;      ///< 16386; its oid in the source, 0 for grants, comments
  std::string type = {};        ///< `TABLE`; the catalog distinguishes it from `TABLE DATA`
  std::vector<int> needs = {};  ///< ids; only `--list --verbose` prints them
  int alike = 1;                ///< how many entries it stands for: see EntryCollector

  /// Whether it holds a table's rows; `TABLE DATA x` may also be table x of schema DATA.
  bool is_table_data() const { return catalog == 0 && begins("TABLE DATA "); }
  bool begins(std::string_view start) const;
  /// Of a large object, or of a grant, comment or label on one: its kind and owner, which it shares
  /// with all entries that it can stand for. Empty for any other entry.
  std::string group() const;
};

/// Parses the output of `pg_restore --list` or `--list --verbose` as it arrives. Comments are left
/// out.
class ListingReader {
 public:
  explicit ListingReader(std::function<void(Entry)> take) : take_(std::move(take)) {}
  void hear(std::string_view chunk);
  void finish();  ///< the list is at its end
  /// The major version of the pg_dump that wrote the archive; 0 where the list does not say it.
  int dump_major() const { return dump_major_; }

 private:
  void read(std::string_view line);

  std::function<void(Entry)> take_;
  std::string unread_;
  std::optional<Entry> last_;
  int dump_major_ = 0;
};

/// Keeps entries, and of those about large objects, of which there may be very many, the first of
/// each group.
class EntryCollector {
 public:
  void add(Entry entry);
  std::vector<Entry> take() { return std::move(entries_); }

 private:
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t> groups_;
};

/// The collected entries of a whole list.
std::vector<Entry> read_listing(std::string_view text);

/// For people: `event trigger 'e'`, `table 'public users'`. `owners`: the possible owners; the one
/// that ends the entry's text is left out.
std::string name_of(const Entry& entry, const std::vector<std::string>& owners = {});
/// The role among `owners` that ends the entry's text, the longest where several do; empty where
/// none does.
std::string owner_of(const Entry& entry, const std::vector<std::string>& owners);

/// Missing and unexpected data, for people; empty when the archive holds the data of exactly these
/// tables, and large objects where they are expected. The list has names with bytes beyond ASCII in
/// the database's own encoding: of those only the number is compared.
/// `extensions_own`: tables whose data comes with their extensions; it is not checked.
std::vector<std::string> compare_listing(const std::vector<Entry>& entries,
                                         const std::vector<Relation>& expected,
                                         const std::vector<Relation>& extensions_own = {});

/// Whether the entry makes this table, view or large objects. Names with bytes beyond ASCII are
/// compared as the list has them.
bool makes(const Entry& entry, const Content& content);

/// The names of those tables, views and large objects that the archive lacks. Names with bytes
/// beyond ASCII are not checked.
std::vector<std::string> not_listed(const std::vector<Entry>& entries,
                                    const std::vector<Content>& contents);

}  // namespace tidegate::engine::postgresql
