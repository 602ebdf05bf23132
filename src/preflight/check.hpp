#pragma once

/// preflight: finds whatever would stop a run before anything is changed. It writes nothing but a
/// probe to places of archives, which it removes.
/// This file: the `check` command.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive.hpp"
#include "base/run.hpp"
#include "engine/connect.hpp"
#include "model/gate.hpp"
#include "model/plan.hpp"
#include "model/pull_plan.hpp"

namespace tidegate::preflight {

enum class Result { ok, warning, failed, unproven };
std::string_view to_text(Result result);

struct Row {
  std::string name;      ///< the subject: `production`, `snapshot`, `previews`, `space` …
  std::string database;  ///< the configured name: `syrf`
  Result result = Result::ok;
  std::string message;
  std::string hint;                                   ///< may be empty
  std::optional<ErrorKind> kind = {};                 ///< of a failed row
  std::vector<engine::Capability> capabilities = {};  ///< of the row `capabilities`
};

struct CheckPlan {
  std::string name;
  EngineKind engine = EngineKind::mongodb;
  Topology topology;
  Selection selection;
  ConsistencyWish consistency = ConsistencyWish::prefer;
  bool allow_write_access = false;
  std::optional<std::chrono::milliseconds> max_age;
  engine::Connect producer;  ///< reads production, writes the snapshot
  engine::Connect preview;   ///< reads the snapshot, writes a preview
  /// The preview of that credential. Absent: one credential for all, checked with pr-1.
  std::optional<PullNumber> preview_number;
  std::map<std::string, engine::Connect> targets;  ///< by configured name
  std::function<SeedPlan()> seed{};                ///< of previews
  std::string owner{};                             ///< to whom copies are to belong; may be empty
  CarryPolicy carry{};
  engine::Connect drill{};  ///< restores archives for a test; absent: none is configured
  /// Opens the place of the archives; absent: the snapshot is a database.
  std::function<std::unique_ptr<archive::Store>()> archives{};
  /// By the row's name: values that cannot be had here, such as a variable that is not set. The row
  /// is `unproven` then. Everything else that is wrong with the configuration is `failed`.
  std::map<std::string, Error> missing{};
};

/// All findings about one configured database, in the order of the flow (production, snapshot,
/// space, previews, targets).
/// A question that cannot be asked is a row `unproven`. @throws Error cancelled or timeout only.
std::vector<Row> check(Run& run, const CheckPlan& plan);

/// The error kind that decides the exit code: nothing when no row failed, else the kind of the
/// first failed one (refused before permission before the others).
std::optional<ErrorKind> verdict(const std::vector<Row>& rows);

}  // namespace tidegate::preflight
