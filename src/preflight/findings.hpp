#pragma once

/// Collects the rows of `check`.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/run.hpp"
#include "engine/engine.hpp"
#include "preflight/check.hpp"

namespace tidegate::preflight {

class Findings {
 public:
  explicit Findings(std::string database) : database_(std::move(database)) {}

  void ok(const std::string& name, const std::string& message);
  void warning(const std::string& name, const std::string& message, const std::string& hint = {});
  /// Adds a warning, unless `name` has the same one already.
  void warning_once(const std::string& name, const std::string& message,
                    const std::string& hint = {});
  void unproven(const std::string& name, const std::string& message, const std::string& hint = {});
  void failed(const std::string& name, ErrorKind kind, const std::string& message,
              const std::string& hint = {});

  /// The capabilities that the engine relies on, as one row; none where there is nothing to say.
  void capabilities(const std::vector<engine::Capability>& relied_on);

  /// Asks; an Error becomes a row `failed`, with the place of what is wrong in the configuration.
  /// @returns whether all was asked. @throws Error cancelled, timeout.
  bool ask(const std::string& name, const std::function<void()>& question);

  const std::string& database() const { return database_; }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  std::string database_;
  std::vector<Row> rows_;
};

/// Rights of one credential on one database, as one row or more.
struct Allowed {
  std::string name;  ///< of the rows
  DatabaseName database;
  engine::Need need = engine::Need::read;
  Result when_missing = Result::failed;
  std::string note;          ///< added to the rows, may be empty
  Selection selection = {};  ///< of what is read
  std::string hint = {};  ///< where rights are missing and the engine has none; empty: `--grants`
};
void find_rights(Findings& findings, Run& run, engine::Engine& engine, const Allowed& allowed);

/// Rows for what keeps this credential from making a database that belongs to `owner`.
void find_obstacles(Findings& findings, Run& run, engine::Engine& engine, const std::string& name,
                    const DatabaseName& database, const std::string& owner);

/// A row when the credential could write where it must not; `result` is `failed` or `warning`.
void find_writes_too_many(Findings& findings, Run& run, engine::Engine& engine,
                          const std::string& name, const DatabaseName& database, Result result);

}  // namespace tidegate::preflight
