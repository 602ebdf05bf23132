#pragma once

/// The engines that the contract tests. A new one is added in engines.cpp, and implements this
/// header's interface.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/engine.hpp"
#include "model/gate.hpp"
#include "support/faulty_engine.hpp"

namespace tidegate::test {

/// Documents by id; the text stands in one field of theirs.
using Documents = std::map<std::string, std::string>;
using Data = std::map<std::string, Documents>;

enum class CallOutcome { well, with_error, crashed };

/// The work of a client with an engine; makes its own Run.
using Work = std::function<void(engine::Engine&)>;

/// A server with an engine that speaks to it, and a second way to look at its data.
class EngineUnderTest {
 public:
  virtual ~EngineUnderTest() = default;

  /// Databases that this server may be asked to keep: production, snapshot, previews, one named
  /// target `staging`. None of them exists at the start.
  virtual Topology topology() const = 0;
  virtual const Clock& clock() const = 0;
  /// A new client, of the process that calls.
  virtual std::unique_ptr<engine::Engine> connect() = 0;

  /// Puts exactly this data into the database; an index beside the usual one on each collection.
  virtual void load(const DatabaseName& database, const Data& data) = 0;
  /// The data that any client sees there: no staging, no metadata.
  virtual Data read(const DatabaseName& database) = 0;
  /// Writes the data as seed data for `previews.seed.file`, in the form that this engine takes.
  /// @returns where it is, in `folder`.
  virtual std::string seed_file(const std::filesystem::path& folder, const Data& data) = 0;
  /// Locks a target in its own metadata.
  virtual void lock(const DatabaseName& database, const std::string& label) = 0;
  /// Makes a target's own metadata unreadable, but for its lock.
  virtual void spoil(const DatabaseName& database) = 0;
  /// Makes every lease of a dead holder run out.
  virtual void let_leases_run_out() = 0;

  /// Does the work with an engine that meets the fault. A crash ends the client without any of its
  /// destructors doing anything: in place of the process where that is played, in a child
  /// otherwise.
  virtual CallOutcome attempt(FaultPoint point, const Work& work) = 0;
  /// The same with the fault inside the engine's calls, between two requests to the server.
  /// Engines that cannot be told to do that answer `well` at once.
  virtual CallOutcome attempt_inside(FaultPoint /*point*/, const Work& /*work*/) {
    return CallOutcome::well;
  }
  virtual bool has_faults_inside() const { return false; }
  /// Whether a scene costs next to nothing, so that a sweep may try every combination.
  virtual bool is_quick() const { return true; }
  /// Whether collections that already equal their source are not copied again. An engine copies all
  /// where that costs less than a comparison.
  virtual bool leaves_equal_in_place() const { return true; }
  /// Whether the server may create a dropped collection again, empty, while a client lists it.
  virtual bool lists_by_making() const { return false; }
};

/// For engines in processes: the work in a child, whose crash is an exit without clean-up. The
/// engine is made in the child.
CallOutcome attempt_in_child(EngineUnderTest& server, FaultPoint point, const Work& work);

struct EngineChoice {
  std::string name;
  /// @returns nothing, and says why in `why_not`, when the server is not there.
  std::function<std::unique_ptr<EngineUnderTest>(std::string& why_not)> make;
};
void PrintTo(const EngineChoice& choice, std::ostream* out);

std::vector<EngineChoice> engines_under_test();

}  // namespace tidegate::test
