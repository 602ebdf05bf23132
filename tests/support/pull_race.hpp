#pragma once

/// Labels flipped, pushes and closes, while several tidegates act on the same pull requests.

#include <functional>
#include <memory>
#include <string>

#include "support/fake_forge.hpp"

namespace tidegate::test {

/// A tidegate of its own: engine, forge, carrier. Its calls may fail, as races make them.
class Racer {
 public:
  virtual ~Racer() = default;
  /// Whether it succeeded.
  virtual bool sync(int number) = 0;
  virtual void reconcile() = 0;
};

struct RaceWorld {
  FakeHost& host;
  int pulls;  ///< from 1, opened by race()
  int steps;  ///< of all threads together
  std::function<std::unique_ptr<Racer>()> racer;
  /// The content of a database, down to which copy it is; or `none`. Called while others act.
  std::function<std::string(int number)> signature;
  std::function<bool(int number)> is_locked;  ///< by its own metadata
};

struct RaceSeen {
  int disturbed = 0;  ///< changes of labels, commits and states
  int watched = 0;    ///< locked databases compared with their former content
};

/// Four threads: one disturbs, one syncs, one reconciles, one locks and watches. Fails the test
/// when a locked database was touched.
RaceSeen race(const RaceWorld& world);

}  // namespace tidegate::test
