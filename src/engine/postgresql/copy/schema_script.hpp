#pragma once

/// A schema as `pg_dump --schema-only` and `pg_restore --schema-only --file=-` print it, entry by
/// entry. Pure.

#include <functional>
#include <string>
#include <string_view>

namespace tidegate::engine::postgresql {

/// One entry of a dump's table of contents. `type`, `schema` and `name` are as the table of
/// contents has them: `ACL`, `app`, `TABLE users`.
struct SchemaEntry {
  std::string type, schema, name;
  std::string owner;  ///< empty where it has none
  std::string text;   ///< its statements, without the lines that depend on the entry before

  /// `TABLE app.users`, `FUNCTION app.f(integer)`
  std::string label() const;
};

/// Cuts a script into its entries while it is read, so that memory holds only one of them. The
/// access method of a table, which pg_dump sets before it, becomes a part of its text.
class SchemaCutter {
 public:
  explicit SchemaCutter(std::function<void(const SchemaEntry&)> found) : found_(std::move(found)) {}
  void add(std::string_view chunk);
  /// After the last chunk.
  void finish();
  /// `server 15.13, pg_dump 17.2`: the versions that printed the script.
  const std::string& versions() const { return versions_; }

 private:
  void add_line(std::string_view line);
  void end_entry();
  void take_setting(std::string_view line);

  std::function<void(const SchemaEntry&)> found_;
  SchemaEntry entry_;
  bool in_entry_ = false, after_rule_ = false;
  std::string line_, access_method_, versions_;
};

}  // namespace tidegate::engine::postgresql
