#pragma once

/// tidegate's own SQLite files. They are readable by their user only and carry an application id,
/// so that another file is never used by mistake.

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>
#include <string_view>

namespace tidegate::journal {

/// The kind of a store: its schema and the words for messages.
struct StoreKind {
  std::string_view name;     ///< `journal`
  std::string_view key;      ///< configuration key: `journal`
  int application;           ///< SQLite's application_id; identifies files of this kind
  int schema;                ///< the newest schema that this version reads; new files get it
  const char* create;        ///< the statements that create the schema
  bool write_ahead = false;  ///< readers do not wait for writers
};

/// Opens the file, and creates it when it is missing; two processes may do so at the same time. A
/// write is on the disk when it returns. `:memory:` is a store that ends with the program.
/// @throws Error config: the folder is missing, this user cannot write the file, it is a file of
/// another kind, or a newer tidegate wrote it. SQLite::Exception for SQLite's own failures.
std::unique_ptr<SQLite::Database> open_store(const std::string& path, const StoreKind& kind);

/// Throws SQLite's failure as Error config. `doing`: `open`, `write to`, `read`.
[[noreturn]] void refuse_store(const std::string& path, const StoreKind& kind,
                               std::string_view doing, const SQLite::Exception& error);

}  // namespace tidegate::journal
