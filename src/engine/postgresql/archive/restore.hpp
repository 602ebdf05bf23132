#pragma once

/// Restores an archive's entries into an empty database in several passes of pg_restore, each with
/// a list of its entries.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/postgresql/archive/dump.hpp"
#include "engine/postgresql/archive/load.hpp"
#include "engine/postgresql/copy/prepare.hpp"
#include "engine/postgresql/driver/connection.hpp"
#include "engine/postgresql/driver/options.hpp"
#include "engine/postgresql/driver/running.hpp"

namespace tidegate::engine::postgresql {

/// Servers before 17 refuse a setting that newer programs make in each of their sessions.
void allow_for_age(const Programs& programs, int server_version, LoadOptions& options,
                   ProgramCall& call);

/// Reports the table that pg_restore works on; its output has no row counts.
void hear_load(Run& run, std::string_view line);

/// Orders the entries so that each comes after those that it needs, with as few changes of maker as
/// possible. Pure.
std::vector<std::pair<Maker, std::vector<const Entry*>>> in_groups(
    const std::vector<const Entry*>& entries, const std::map<int, Maker>& makers);

/// The passes, to be called in the order of their declaration. Keeps references to all arguments.
class Restore {
 public:
  Restore(Run& run, SqlSession& session, const PreparedCopy& prepared, const LoadTarget& filling,
          const Conninfo& where)
      : run_(run), session_(session), prepared_(prepared), filling_(filling), service_(where) {}

  void from(ArchiveInput archive) { archive_.emplace(std::move(archive)); }

  /// Makes schemas, extensions in the versions of the plan, then everything that rows need.
  void before_rows();
  /// Loads the rows and makes what comes after them, from an archive that has both.
  void rows_and_after();
  void after_rows();
  /// Makes grants and comments, and fills materialized views.
  void finish();

 private:
  using ArchiveChoice = std::function<bool(const Entry&)>;
  std::vector<const Entry*> chosen(const ArchiveChoice& wanted) const;
  std::string list_text(const std::vector<const Entry*>& entries) const;
  void pass(const std::vector<const Entry*>& entries, Maker maker,
            std::vector<std::string> sections, int jobs);
  void run_pass(const ProgramCall& call);
  void after(std::vector<std::string> sections);
  void make_extensions();
  void let_owners_create();
  void take_back();
  void make_grants();
  bool is_made_first(const Entry& entry) const;

  Run& run_;
  SqlSession& session_;
  const PreparedCopy& prepared_;
  const LoadTarget& filling_;
  ServiceFile service_;
  std::optional<ArchiveInput> archive_;
  bool tolerant_ = false;  // in this pass an entry may fail; a warning names it
  std::vector<std::string> take_back_;
};

}  // namespace tidegate::engine::postgresql
