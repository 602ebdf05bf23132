#pragma once

/// SQLite files of tidegate's own: readable for their user alone, and stamped, so that no other
/// file is taken for one.

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>
#include <string_view>

namespace tidegate::journal {

/// What a file holds, and how messages speak of it.
struct StoreKind {
  std::string_view name;     ///< `journal`
  std::string_view key;      ///< of the configuration: `journal`
  int application;           ///< SQLite's application_id: tells this kind from any other file
  int schema;                ///< the newest that this version reads, and the one that it makes
  const char* create;        ///< the statements that make it
  bool write_ahead = false;  ///< readers do not wait for writers
};

/// Opens the file, and makes it where there is none; two processes may do so at once. Writes are on
/// the disk when they return. `:memory:` is a store that goes with the program.
/// @throws Error config: its folder is missing, this user cannot write it, it is another file, a
/// newer tidegate wrote it. SQLite::Exception as SQLite's.
std::unique_ptr<SQLite::Database> open_store(const std::string& path, const StoreKind& kind);

/// What SQLite reports, as an Error config. `doing`: `open`, `write to`, `read`.
[[noreturn]] void refuse_store(const std::string& path, const StoreKind& kind,
                               std::string_view doing, const SQLite::Exception& error);

}  // namespace tidegate::journal
